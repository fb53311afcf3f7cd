/** Lists everything below a folder with size, mode and time of change, for comparison with a later snapshot. */
export function snapshot(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { size, mode, ctime } = Deno.lstatSync(path);
    const line = `${path} ${size} ${mode} ${ctime?.toISOString()}`;
    return isDirectory ? [line, ...snapshot(path)] : [line];
  }).sort();
}
