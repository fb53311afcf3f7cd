/** Reads the directives of an nginx.conf whose text comes in pieces, and skips the bodies of blocks of data. */

export interface Directive {
  name: string;
  args: string[];
  /** Names of the enclosing blocks in the same file, outermost first. */
  within: string[];
  /** Where its name begins and its `;` or `{` ends, in characters from the beginning of the text. */
  start: number;
  end: number;
}

/** Their bodies hold data instead of directives, often megabytes, so only `include` lines are read there. */
const DATA_BLOCKS = ["geo", "map", "split_clients", "types", "charset_map"];

/** Splits words like nginx: quotes, `#` and `}` are special only at the start of a word, and `${` does not end one. */
const TOKEN =
  /(?:[ \t\r\n]|#[^\n]*(?:\n|$))*(?:([;{}])|("(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|(?:\\[^]|\$\{*|[^ \t\r\n;{}"'#\\$])(?:\\[^]|\$\{*|[^ \t\r\n;{\\$])*))/gy;

/** Up to a hundred lines of data at once, without any character that needs a closer look. */
const PLAIN_DATA = /(?:[ \t\r\n]*(?!include[ \t\r\n])[^ \t\r\n;{}"'#\\$][^;{}"'#\\$]*;){1,100}/y;

/** What is left of a piece if it ends in white space, or in a comment, which goes on in the next piece. */
const UNREAD_SPACE = /^(?:[ \t\r\n]|#[^\n]*\n)*(#[^\n]*)?$/;

export class DirectiveReader {
  /** The end of the last piece, if it may go on in the next one. */
  #rest = "";
  /** How much has been read before the piece, the rest included. */
  #read = 0;
  #words: string[] = [];
  /** Where the first of the words begins. */
  #start = 0;
  readonly #within: string[] = [];
  /** Open braces of the block of Lua that is being skipped. */
  #luaDepth = 0;
  /** Whether a block of data is being skipped. nginx allows no block in one, so the next `}` ends it. */
  #isInData: boolean;

  /** @param isData whether the whole text is data, as that of a file which a block of data includes */
  constructor(private readonly isData = false) {
    this.#isInData = isData;
  }

  /**
   * @param isLast whether the text ends with this piece
   * @returns the directives that end in this piece
   */
  read(piece: string, isLast = false): Directive[] {
    const text = this.#rest + piece;
    // A comment is shortened from its front, so the end of the rest is what its position is known by.
    const offset = this.#read - this.#rest.length;
    this.#read += piece.length;
    const found: Directive[] = [];
    const token = new RegExp(TOKEN);
    for (;;) {
      const from = this.#skip(text, token.lastIndex);
      token.lastIndex = from;
      const match = token.exec(text);
      if (!match || (!isLast && mayGoOn(match, token.lastIndex, text))) {
        this.#rest = withoutSpace(text.slice(from));
        return found;
      }
      this.#take(match, offset + token.lastIndex, found);
    }
  }

  /** @returns where the text goes on after Lua or plain data */
  #skip(text: string, from: number): number {
    let at = from;
    // nginx's lexer does not apply to Lua, so its end is found by counting braces.
    for (; this.#luaDepth > 0 && at < text.length; at++) {
      if (text[at] === "{") this.#luaDepth++;
      if (text[at] === "}") this.#luaDepth--;
    }
    while (this.#isInData && this.#words.length === 0) {
      PLAIN_DATA.lastIndex = at;
      if (!PLAIN_DATA.test(text)) break;
      at = PLAIN_DATA.lastIndex;
    }
    return at;
  }

  #take([, punctuation, word]: RegExpExecArray, end: number, found: Directive[]): void {
    if (word !== undefined) {
      if (!this.#words.length) this.#start = end - word.length;
      this.#words.push(unquoted(word));
    }
    if (punctuation === undefined) return;
    const [name, ...args] = this.#words;
    this.#words = [];
    if (punctuation === "}") {
      this.#within.pop();
      this.#isInData = this.isData;
      return;
    }
    if (this.#isInData && (name !== "include" || punctuation !== ";")) return;
    if (name !== undefined) {
      found.push({ name, args, within: [...this.#within], start: this.#start, end });
    }
    if (punctuation !== "{") return;
    if (name?.endsWith("_by_lua_block")) {
      this.#luaDepth = 1;
    } else {
      this.#within.push(name ?? "");
      if (DATA_BLOCKS.includes(name ?? "")) this.#isInData = true;
    }
  }
}

/** Whether a block of data includes this file, whose text is data then. */
export function isInData({ within }: Directive): boolean {
  return DATA_BLOCKS.includes(within.at(-1) ?? "");
}

export function parseDirectives(text: string): Directive[] {
  return new DirectiveReader().read(text, true);
}

/** Where the words of a directive's text begin and end. */
export function wordRanges(text: string): [start: number, end: number][] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: match, 2: word, index }) => {
    const end = index + match.length;
    return word === undefined ? [] : [[end - word.length, end]];
  });
}

/** A word at the end of a piece may go on in the next one, and so may one before a backslash there. */
function mayGoOn([, punctuation]: RegExpExecArray, end: number, text: string): boolean {
  return punctuation === undefined &&
    (end === text.length || (end === text.length - 1 && text[end] === "\\"));
}

/** Keeps no more of an open comment than its start, so that a long one costs nothing. */
function withoutSpace(rest: string): string {
  const [space, comment] = UNREAD_SPACE.exec(rest) ?? [];
  return space === undefined ? rest : comment === undefined ? "" : "#";
}

function unquoted(word: string): string {
  // Most words; the two searches below would double the time of the parser.
  if (word[0] !== '"' && word[0] !== "'" && !word.includes("\\")) return word;
  const inner = /^(["'])([^]*)\1$/.exec(word)?.[2] ?? word;
  return inner.replace(/\\(["'\\trn])/g, (_, escaped: string) => controls.get(escaped) ?? escaped);
}

const controls = new Map([["t", "\t"], ["r", "\r"], ["n", "\n"]]);
