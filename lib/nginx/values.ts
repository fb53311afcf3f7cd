/** Parses the sizes and times of an nginx conf. */

const BYTES: Record<string, number> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** @returns bytes; `undefined` if the text is not a size */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * BYTES[unit.toLowerCase()]!;
}

const SECONDS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  "": 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/**
 * @param text such as "60", "1m30s" or "1m 30s"
 * @returns seconds; `undefined` if the text is not a time
 */
export function parseTime(text: string): number | undefined {
  // Something must end each number: there would be 2^n ways to read n digits as numbers.
  if (!/^(\d+(ms|[smhdwMy]|\s|$)\s*)+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwMy])?/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * SECONDS[unit]!, 0);
}
