/** Reads the output of `nginx -T` in pieces: the conf and every file that it includes, each after a header line. */

import { type Directive, DirectiveReader, isInData } from "./directive_reader.ts";
import { type ConfFile, type ConfFiles, globToRegExp, includePath } from "./tree.ts";

const START = "# configuration file ";
/** At the start of a line only. `^` would also match after a carriage return. */
const HEADER = /#(?<![^\n]#) configuration file ([^\n]+):\n/;

export class DumpReader {
  readonly files: ConfFiles = [];
  /** A last line that may be a header. */
  #rest = "";
  /** Whether the last piece ended within a line that is no header. */
  #isInLine = false;
  #reader = new DirectiveReader();
  /** The patterns of `include` lines outside of blocks of data, and of those inside. */
  readonly #plain: RegExp[] = [];
  readonly #data: RegExp[] = [];
  #isData = false;

  read(piece: string): void {
    let text = this.#rest + piece;
    if (this.#isInLine) {
      const end = text.indexOf("\n") + 1 || text.length;
      this.#readFile(text.slice(0, end), false);
      if (end === text.length && !text.endsWith("\n")) return;
      text = text.slice(end);
    }
    for (let match = HEADER.exec(text); match; match = HEADER.exec(text)) {
      this.#readFile(text.slice(0, match.index), true);
      this.#openFile(match[1]!);
      text = text.slice(match.index + match[0].length);
    }
    const lastLine = text.slice(text.lastIndexOf("\n") + 1);
    this.#rest = lastLine.startsWith(START) || START.startsWith(lastLine) ? lastLine : "";
    this.#isInLine = lastLine !== this.#rest;
    this.#readFile(text.slice(0, text.length - this.#rest.length), false);
  }

  end(): void {
    this.#readFile(this.#rest, true);
  }

  #openFile(path: string): void {
    const matches = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(path));
    // nginx prints an included file after the file that includes it, so the pattern is known.
    this.#isData = matches(this.#data) && !matches(this.#plain);
    this.#reader = new DirectiveReader(this.#isData);
    this.files.push({ path, directives: [] });
  }

  #readFile(text: string, isLast: boolean): void {
    const file = this.files.at(-1);
    if (!file) return;
    for (const directive of this.#reader.read(text, isLast)) this.#keep(directive, file);
  }

  #keep(directive: Directive, { directives }: ConfFile): void {
    if (directive.name === "include") {
      const pattern = globToRegExp(includePath(directive.args[0] ?? "", this.files[0]!.path));
      (this.#isData || isInData(directive) ? this.#data : this.#plain).push(pattern);
    }
    directives.push(directive);
  }
}
