// Replaces marked sections of a Markdown document: `<!-- NAME -->` … `<!-- /NAME -->`.

type Row = readonly string[];

/** @throws {Error} if a marker is missing in `document`, the name of which is for the message */
export function withSection(text: string, document: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const begin = text.indexOf(open);
  const end = text.indexOf(close);
  if (begin < 0 || end < begin) throw new Error(`${document} lacks ${open} … ${close}`);
  return `${text.slice(0, begin)}${open}\n\n${content}\n\n${text.slice(end)}`;
}

/** Formatted as `deno fmt` does it: each column is as wide as its widest cell. */
export function markdownTable([head = [], ...body]: readonly Row[]): string {
  const rows = [head, ...body].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: Row, filler = " ") =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, filler)).join(" | ")} |`;
  const [first = [], ...others] = rows;
  return [line(first), line(head.map(() => ""), "-"), ...others.map((row) => line(row))].join("\n");
}
