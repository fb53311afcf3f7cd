/** Writes the little YAML that the snippets need: block mappings and lists, with plain or quoted values. */

export type YamlValue = string | number | readonly YamlValue[] | {
  readonly [key: string]: YamlValue;
};

export function toYaml(value: YamlValue): string {
  return `${linesOf(value).join("\n")}\n`;
}

function linesOf(value: YamlValue): string[] {
  if (typeof value !== "object") return [scalar(value)];
  if (Array.isArray(value)) {
    return value.flatMap((item: YamlValue) => {
      const [first = "", ...more] = linesOf(item);
      return [`- ${first}`, ...more.map(indented)];
    });
  }
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === "object"
      ? [`${key}:`, ...linesOf(child).map(indented)]
      : [`${key}: ${scalar(child)}`]
  );
}

/** What YAML could take for another type, or for syntax, is quoted as JSON, which YAML reads too. */
function scalar(value: string | number): string {
  if (typeof value === "number") return `${value}`;
  const isPlain = /^[A-Za-z/][\w./-]*$/.test(value) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function indented(line: string): string {
  return `  ${line}`;
}
