/** Reads gunicorn's command line as gunicorn does: of a repeated flag, the last value counts. */

/** Every value of these flags, in the order of the command line. */
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

/** `undefined` if the flag is absent, or if gunicorn would reject its value. */
export function lastFlagNumber(args: readonly string[], ...flags: string[]): number | undefined {
  const text = lastFlagValue(args, ...flags);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
