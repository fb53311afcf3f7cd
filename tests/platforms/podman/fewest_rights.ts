/** The rights of deploy/docker/compose.yaml as flags of `podman run`. */

import { repository } from "../../support/paths.ts";

const compose = Deno.readTextFileSync(`${repository}/deploy/docker/compose.yaml`);

/** The entries of a list in compose.yaml, which has each only once. */
function entries(key: string): string[] {
  const [, list = ""] = new RegExp(`^ +${key}:\n((?: +(?:- |#).*\n)+)`, "m").exec(compose) ?? [];
  return [...list.matchAll(/^ +- (.*)$/gm)].map(([, entry]) => entry!);
}

export const FEWEST_RIGHTS: readonly string[] = [
  ...(/^ +read_only: true$/m.test(compose) ? ["--read-only", "--read-only-tmpfs=false"] : []),
  ...entries("tmpfs").flatMap((mount) => ["--tmpfs", mount]),
  ...entries("cap_drop").flatMap((name) => ["--cap-drop", name]),
  ...entries("security_opt").flatMap((option) => ["--security-opt", option.replace(":true", "")]),
];
