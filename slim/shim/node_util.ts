/** `parseArgs` of `node:util`, as far as tandem uses it: not strict, and only the tokens. */

interface Option {
  type: "string" | "boolean";
  short?: string;
}

type Token =
  | { kind: "positional"; index: number; value: string }
  | { kind: "option-terminator"; index: number }
  | {
    kind: "option";
    index: number;
    name: string;
    /** As typed, with its dashes. */
    rawName: string;
    value: string | undefined;
    inlineValue: boolean | undefined;
  };

interface Config {
  args: string[];
  options: Record<string, Option>;
}

export function parseArgs({ args, options }: Config): { tokens: Token[] } {
  const tokens: Token[] = [];
  const left = [...args];
  /** How many of those that are left are of a group, such as the three of "-abc": they have one index. */
  let grouped = 0;
  for (let index = -1; left.length > 0;) {
    const arg = left.shift()!;
    if (grouped > 0) grouped--;
    else index++;
    if (arg === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (const value of left) tokens.push({ kind: "positional", index: ++index, value });
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      tokens.push({ kind: "positional", index, value: arg });
      continue;
    }
    const isLong = arg.startsWith("--");
    const end = isLong ? arg.indexOf("=", 3) : 2;
    const rawName = end < 0 ? arg : arg.slice(0, end);
    const name = isLong ? rawName.slice(2) : longNameOf(rawName.slice(1));
    const option = { kind: "option", index, name, rawName } as const;
    const inline = isLong ? end < 0 ? undefined : arg.slice(end + 1) : arg.slice(2) || undefined;
    if (!isLong && inline !== undefined && !takesValue(name)) {
      const group = splitGroup(arg);
      left.unshift(...group);
      grouped = group.length;
    } else if (inline !== undefined) {
      tokens.push({ ...option, value: inline, inlineValue: true });
    } else if (takesValue(name) && left.length > 0) {
      tokens.push({ ...option, value: left.shift()!, inlineValue: false });
      index++;
    } else tokens.push({ ...option, value: undefined, inlineValue: undefined });
  }
  return { tokens };

  function takesValue(name: string): boolean {
    return Object.hasOwn(options, name) && options[name]!.type === "string";
  }

  /** Up to the first that takes a value, which is what follows it. */
  function splitGroup(group: string): string[] {
    const letters = group.slice(1).split("");
    const last = letters.findIndex((letter) => takesValue(longNameOf(letter)));
    const alone = last < 0 ? letters : letters.slice(0, last);
    return [...alone, ...last < 0 ? [] : [letters.slice(last).join("")]].map((text) => `-${text}`);
  }

  function longNameOf(short: string): string {
    return Object.keys(options).find((name) => options[name]!.short === short) ?? short;
  }
}
