/** gunicorn's command line as its own parser reads it: the last of several counts. */

/** Every value that is given to one of these flags, in their order. */
export function flagValues(args: readonly string[], ...flags: string[]): string[] {
  return args.flatMap((arg, index) => {
    for (const flag of flags) {
      if (arg === flag) return args[index + 1] ?? [];
      if (flag.startsWith("--") && arg.startsWith(`${flag}=`)) return arg.slice(flag.length + 1);
      if (!flag.startsWith("--") && arg.startsWith(flag)) return arg.slice(flag.length);
    }
    return [];
  });
}

export function lastFlagValue(args: readonly string[], ...flags: string[]): string | undefined {
  return flagValues(args, ...flags).at(-1);
}

/** A number that gunicorn would take; nothing where it would refuse the text or nobody gave one. */
export function lastFlagNumber(args: readonly string[], ...flags: string[]): number | undefined {
  const text = lastFlagValue(args, ...flags);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
