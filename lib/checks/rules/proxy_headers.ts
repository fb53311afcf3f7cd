/** Rules on the headers of requests: what the app learns about the client, and what a client can forge. */

import { type ConfEdit, editedBlock, quoteWord } from "../../nginx/conf_edits.ts";
import type { Block } from "../../nginx/tree.ts";
import { headersIn, headersOf, type ProxyLocation } from "../../nginx/upstreams.ts";
import { invert } from "./conf.ts";
import { type Finding, ok, warning } from "./finding.ts";

const DIRECTIVE = "proxy_set_header";

/** Usual values, where no block around the location has another. */
const VALUES: Record<string, string> = {
  "Host": "$http_host",
  "X-Forwarded-For": "$proxy_add_x_forwarded_for",
  "X-Forwarded-Proto": "$scheme",
};

/** What the app sees without these headers. */
const CONSEQUENCES: Record<string, string> = {
  "Host": "takes the name in proxy_pass for its own",
  "X-Forwarded-For": "cannot tell the client's address",
  "X-Forwarded-Proto": "takes https for http",
};

interface Gap {
  location: ProxyLocation;
  /** The `proxy_set_header` lines that apply. */
  lines: Block[];
  missing: string[];
}

/** @param proxied the locations that pass requests to gunicorn */
export function checkProxyHeaders(proxied: ProxyLocation[]): Finding {
  const name = "proxy headers";
  const gaps = proxied.map(findGap).filter(({ missing }) => missing.length > 0);
  const [first] = gaps;
  if (!first) return ok(name, "gunicorn is told the client's host name and address");
  const { location, lines, missing } = first;
  const own = [...new Set(lines.map(({ args }) => args[0]))].join(" and ");
  const why = missing.some((header) => outerLine(location, header))
    ? ` (proxy_set_header lines for ${own} hide the inherited ones)`
    : "";
  const consequences = missing.map((header) => CONSEQUENCES[header]).join(" and ");
  return warning(
    name,
    `${location.where} does not set ${missing.join(" and ")}${why}, so the app ${consequences}`,
    `add ${
      missing.map((header) => `\`${DIRECTIVE} ${header} ${valueFor(location, header)};\``).join(
        " and ",
      )
    }`,
    gaps.flatMap(toEdits),
  );
}

/** A proxy in front may have set X-Forwarded-Proto, which nginx passes on; only if nginx itself ends TLS is it wrong. */
function findGap(location: ProxyLocation): Gap {
  const lines = headersIn(location);
  const server = location.enclosing.find(({ name }) => name === "server");
  const isTls = server?.children.some(({ name, args }) =>
    name === "listen" && (args.includes("ssl") || args.includes("quic"))
  );
  const expected = ["Host", "X-Forwarded-For", ...(isTls ? ["X-Forwarded-Proto"] : [])];
  const missing = expected.filter((header) => !lines.some((line) => isOf(line, header)));
  return { location, lines, missing };
}

/** Beside the lines that apply, because a line in an inner block would hide them. */
function toEdits({ location, lines, missing }: Gap): ConfEdit[] {
  const before = lines.at(-1) ?? location.anchor;
  return missing.map((header) => ({
    kind: "insert",
    before,
    name: `${DIRECTIVE} ${header}`,
    value: valueFor(location, header),
  }));
}

function valueFor(location: ProxyLocation, header: string): string {
  return quoteWord(outerLine(location, header)?.args[1] ?? VALUES[header]!);
}

function outerLine({ enclosing }: ProxyLocation, header: string): Block | undefined {
  return enclosing.flatMap(headersOf).find((line) => isOf(line, header));
}

function isOf({ args }: Block, header: string): boolean {
  return args[0]?.toLowerCase() === header.toLowerCase();
}

function textOf({ name, args }: Block): string {
  return [name, ...args.map(quoteWord)].join(" ");
}

/**
 * gunicorn trusts every client of its unix socket: it takes a header SCRIPT_NAME from there as the app's root, and up to
 * version 21 also X_Forwarded_For as X-Forwarded-For.
 */
export function checkForgedHeaders(root: Block): Finding {
  const name = "forged headers";
  const edits = [
    ...invert(root, "underscores_in_headers", "on", "off"),
    ...invert(root, "ignore_invalid_headers", "off", "on"),
  ];
  const [first] = edits;
  return first
    ? warning(
      name,
      `\`${
        textOf(editedBlock(first))
      }\` lets clients send headers such as SCRIPT_NAME, which gunicorn trusts`,
      "remove that line",
      edits,
    )
    : ok(name, "nginx drops headers with underscores, which gunicorn would trust");
}
