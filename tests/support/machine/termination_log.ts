/** Gives a start the file in which Kubernetes looks for why a container ended. */

/**
 * A private /dev, as a container has, with the file mounted into it: creating it in the machine's own /dev would show
 * it to every other process.
 */
const SCRIPT = `set -e
dev=$1; file=$2; shift 2
command -p mount -t tmpfs tmpfs "$dev"
for name in null zero full random urandom tty; do
  : > "$dev/$name"
  command -p mount --bind "/dev/$name" "$dev/$name"
done
command -p ln -s /proc/self/fd "$dev/fd"
command -p ln -s fd/0 "$dev/stdin"; command -p ln -s fd/1 "$dev/stdout"; command -p ln -s fd/2 "$dev/stderr"
command -p mkdir -m 1777 "$dev/shm"
if [ "$KIND" = link ]; then command -p ln -s "$file" "$dev/termination-log"
else : > "$dev/termination-log"; command -p mount --bind $OPTIONS "$file" "$dev/termination-log"; fi
command -p mount --rbind "$dev" /dev
exec "$@"`;

export interface TerminationLogOptions {
  readOnly?: boolean;
  isLink?: boolean;
}

/**
 * @param dev an empty folder
 * @param file what to mount (or to link) as /dev/termination-log
 * @returns a prefix for a command, which ends by exec; it needs root
 */
export function withTerminationLog(
  dev: string,
  file: string,
  { readOnly = false, isLink = false }: TerminationLogOptions = {},
): string[] {
  const script = SCRIPT.replace("$OPTIONS", readOnly ? "-o ro" : "")
    .replace("$KIND", isLink ? "link" : "mount");
  return ["unshare", "--mount", "/bin/sh", "-c", script, "sh", dev, file];
}
