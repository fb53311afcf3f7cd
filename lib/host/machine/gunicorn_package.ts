/** Finds out what the installed gunicorn can do, from its files. */

import { exists } from "../system/if_exists.ts";
import { parentOf, resolveLinks } from "../files/files.ts";
import { environmentVariable } from "../system/environment.ts";

/**
 * Whether gunicorn has a control socket (25.1 and later): from the folders in which Python searches for modules, because
 * asking Python would take as long as a start of gunicorn. Every gunicorn found has to have one, since an older one
 * rejects `--no-control-socket`.
 * @param interpreter path of the Python of gunicorn's script
 */
export function hasControlSocket(interpreter: string): boolean {
  // They change where Python searches.
  if (environmentVariable("PYTHONPATH") || environmentVariable("PYTHONHOME")) return false;
  const packages = moduleFolders(interpreter).map((folder) => `${folder}/gunicorn`).filter(exists);
  return packages.length > 0 && packages.every((folder) => exists(`${folder}/ctl`));
}

/** Of python.org's layout, of virtual environments, and of Debian's. */
function moduleFolders(interpreter: string): string[] {
  const version = /\/python(3\.\d+)$/.exec(resolveLinks(interpreter))?.[1];
  if (version === undefined) return [];
  const prefix = parentOf(parentOf(interpreter));
  const home = environmentVariable("HOME");
  return [
    ...(home ? [`${home}/.local/lib/python${version}/site-packages`] : []),
    `${prefix}/lib/python${version}/site-packages`,
    `${prefix}/local/lib/python${version}/dist-packages`,
    `${prefix}/lib/python3/dist-packages`,
    `${prefix}/lib/python${version}/dist-packages`,
  ];
}
