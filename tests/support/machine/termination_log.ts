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
: > "$dev/termination-log"
command -p mount --bind $OPTIONS "$file" "$dev/termination-log"
command -p mount --rbind "$dev" /dev
exec "$@"`;

/**
 * @param dev an empty folder
 * @param file what to mount as /dev/termination-log
 * @returns a prefix for a command, which ends by exec; it needs root
 */
export function withTerminationLog(
  dev: string,
  file: string,
  { readOnly = false }: { readOnly?: boolean } = {},
): string[] {
  const script = SCRIPT.replace("$OPTIONS", readOnly ? "-o ro" : "");
  return ["unshare", "--mount", "/bin/sh", "-c", script, "sh", dev, file];
}
