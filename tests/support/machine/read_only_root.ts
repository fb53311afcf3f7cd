/**
 * A script for `sh -c` in a mount namespace, which runs its other arguments with every file system read-only but /proc,
 * nginx's compiled-in temp folders and its first argument, a folder.
 * @param folders in that folder that are read-only all the same
 */
export function readOnlyRoot(...folders: string[]): string {
  const binds = folders.map((name) => `mount --bind "$1/${name}" "$1/${name}"\n`);
  return `
set -e
mount --bind "$1" "$1"
${binds.join("")}mount -t tmpfs -o mode=1777 tmpfs /var/lib/nginx
while read -r _ _ _ _ folder _; do
  case "$folder" in /proc | /proc/* | "$1" | /var/lib/nginx) ;;
  *) mount -o remount,bind,ro "$folder" ;;
  esac
done </proc/self/mountinfo
shift
exec "$@"`;
}
