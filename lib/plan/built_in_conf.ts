/** Fills in the template of the built-in nginx.conf. */

import type { Settings } from "./settings.ts";

/** How the template begins. A folder of the built-in conf without it was not made by tandem. */
export const BUILT_IN_CONF_MARK = "# tandem's built-in nginx.conf";

/** For the conf and what the conf names: nginx's pid file and temp folders. */
export function builtInConfFolder(stateDir: string): string {
  return `${stateDir}/tandem-nginx`;
}

/** While it exists, the built-in conf answers the ready path with 503. */
export function drainMarkPath(stateDir: string): string {
  return `${builtInConfFolder(stateDir)}/draining`;
}

export function fillBuiltInConf(template: string, settings: Settings): string {
  const { port, socket, maxBody, proxyReadTimeout, stateDir, readyPath, trustProxy } = settings;
  const values: Record<string, string> = {
    port: `${port}`,
    socket,
    max_body: maxBody,
    proxy_read_timeout: `${proxyReadTimeout}`,
    state_dir: stateDir,
    access_log: accessLog(settings),
    error_log: logFile(settings, "error"),
    ready_uri: quoted(decodedPath(readyPath)),
    log_probes: settings.logProbes ? "1" : "0",
    buffering: settings.streaming ? "off" : "on",
    trusted_proxies: trustedProxies(trustProxy),
    ...keepAlive(settings.upstreamKeepAlive),
  };
  const [first = "", ...rest] = template.split("{{");
  const filled = rest.map((text) => {
    const [name = "", ...after] = text.split("}}");
    const value = values[name];
    if (value === undefined) {
      throw new Error(`Cannot fill in the built-in nginx.conf: no value for ${name}`);
    }
    return value + after.join("}}");
  });
  return first + filled.join("");
}

function accessLog(settings: Settings): string {
  const formats = { combined: "combined_timed", json: "json", off: undefined };
  const format = formats[settings.accessLog];
  return format ? `${logFile(settings, "access")} ${format} if=$is_logged` : "off";
}

/** Directly to the output, so that this conf works even if the log links cannot be made. */
function logFile({ noLogLinks, logDir }: Settings, name: "access" | "error"): string {
  const output = { access: "/dev/stdout", error: "/dev/stderr" };
  return noLogLinks ? `"${logDir}/${name}.log"` : output[name];
}

/** Only with networks does nginx need its module geo, which Debian 11's nginx-light does not have. */
function trustedProxies(networks: readonly string[]): string {
  const rows = networks.map((network) => `    ${network} 1;\n`).join("");
  const source = networks.length ? "geo" : 'map ""';
  return `${source} $is_trusted_proxy {\n    default 0;\n${rows}  }`;
}

/**
 * A connection for each request by default: any free worker accepts it. Kept connections belong to workers, busy ones
 * too. Measured with 4 gthread workers that a request occupies for 30 ms and 8 clients: 32 requests/s instead of 126;
 * without such requests, gevent answers twice as many. nginx closes idle ones before gunicorn does, because a POST
 * that meets gunicorn's close is answered 502.
 */
function keepAlive(connections: number): { keep_alive: string; connection: string } {
  return connections === 0 ? { keep_alive: "", connection: "close" } : {
    keep_alive: `\n    keepalive ${connections};\n    keepalive_timeout 1s;`,
    connection: '""',
  };
}

/** As in nginx's $uri: without the query, and decoded. */
function decodedPath(readyPath: string): string {
  const path = readyPath.replace(/\?.*/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** For a string of nginx's language in double quotes. */
function quoted(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}
