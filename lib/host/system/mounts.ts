/** Parses /proc/self/mountinfo, the mounts that this process sees. */

export interface Mount {
  /** The folder of the file system that is mounted, and where. */
  root: string;
  point: string;
  options: string[];
  type: string;
  fileSystemOptions: string[];
}

/**
 * In the order of the mounting; of mounts on one point the last hides the others.
 * @param text lines of `id parent device root point options [tags] - type source options`
 * @param kind how the types begin that are wanted; a start reads only these, because there may be hundreds of others
 */
export function parseMounts(text: string, kind = ""): Mount[] {
  return text.split("\n").flatMap((line) => {
    if (!line.includes(` - ${kind}`)) return [];
    const fields = line.split(" ");
    const [, , , root, point, options] = fields;
    const [, type, , fileSystemOptions = ""] = fields.slice(fields.indexOf("-", FIRST_TAG));
    if (!root || !point || !options || !type) return [];
    return [{
      root: unescaped(root),
      point: unescaped(point),
      options: options.split(","),
      type,
      fileSystemOptions: fileSystemOptions.split(","),
    }];
  });
}

/** The field after the options; there may be no tags. */
const FIRST_TAG = 6;

/** The kernel writes a space, a tab, a newline and a backslash as a backslash and three octal digits. */
function unescaped(path: string): string {
  if (!path.includes("\\")) return path;
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
