/** Parses /proc/self/mountinfo, the mounts that this process sees. */

export interface Mount {
  /** The folder of the file system that is mounted, and where. */
  root: string;
  point: string;
  options: string[];
  type: string;
  fileSystemOptions: string[];
}

/** `id parent device root point options [tags] - type source options` */
const MOUNT_LINE = /^\d+ \d+ \S+ (\S+) (\S+) (\S+)(?: \S+)*? - (\S+) \S* ?(\S*)$/;

/** In the order of the mounting; of mounts on one point the last hides the others. */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [, root, point, options, type, fileSystemOptions] = MOUNT_LINE.exec(line) ?? [];
    if (!root || !point || !options || !type) return [];
    return [{
      root: unescaped(root),
      point: unescaped(point),
      options: options.split(","),
      type,
      fileSystemOptions: (fileSystemOptions ?? "").split(","),
    }];
  });
}

/** The kernel writes a space, a tab, a newline and a backslash as a backslash and three octal digits. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
