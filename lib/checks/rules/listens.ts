/** The rule on an address that nginx is to listen on. */

import type { Listen } from "../../nginx/directives.ts";
import { failed, type Finding, ok } from "./finding.ts";

/** @param holder the process that listens there now, such as "nginx, pid 12" */
export function checkListen({ text }: Listen, holder: string | undefined): Finding {
  const name = `listen ${text}`;
  return holder === undefined ? ok(name, `${text} is free`) : failed(
    name,
    `${text} is in use (${holder})`,
    "stop that process, or change the listen line",
  );
}
