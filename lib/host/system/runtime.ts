/** Names the runtime that tandem runs on. */

/** "deno 2.6.10, linux-x86_64" */
export function runtimeVersion(): string {
  const { v8: _v8, typescript: _typescript, ...runtime } = Deno.version as unknown as Record<
    string,
    string
  >;
  const [name, version] = Object.entries(runtime).find(([, version]) => version) ?? ["unknown", ""];
  return `${name} ${version}, ${Deno.build.os}-${Deno.build.arch}`;
}
