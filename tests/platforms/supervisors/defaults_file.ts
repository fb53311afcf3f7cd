/** The file of settings that most recipes read. */
export function defaultsFile(variables: Record<string, string>): [path: string, text: string] {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  return ["/etc/default/tandem", lines.join("")];
}
