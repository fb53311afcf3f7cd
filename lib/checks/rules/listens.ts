import type { Listen } from "../../nginx/directives.ts";
import { failed, type Finding, ok } from "./finding.ts";

/** @param holder who answers there already, in words; nothing when nobody does */
export function checkListen({ text }: Listen, holder: string | undefined): Finding {
  const name = `listen ${text}`;
  return holder === undefined ? ok(name, `${text} is free`) : failed(
    name,
    `something answers on ${text} already (${holder})`,
    "stop it, or listen elsewhere",
  );
}
