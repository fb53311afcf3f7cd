/** Fills in the template of the built-in nginx.conf. */

import type { Settings } from "./settings.ts";

/** How the template begins. A folder of the built-in conf without it was not made by tandem. */
export const BUILT_IN_CONF_MARK = "# tandem's built-in nginx.conf";

/** For the conf and what the conf names: nginx's pid file and temp folders. */
export function builtInConfFolder(stateDir: string): string {
  return `${stateDir}/tandem-nginx`;
}

export function fillBuiltInConf(template: string, settings: Settings): string {
  const { port, socket, maxBody, proxyReadTimeout, stateDir, logDir, noLogLinks } = settings;
  const values: Record<string, string> = {
    port: `${port}`,
    socket,
    max_body: maxBody,
    proxy_read_timeout: `${proxyReadTimeout}`,
    state_dir: stateDir,
    // Directly to the output, so that this conf works even if the log links cannot be made.
    access_log: noLogLinks ? `"${logDir}/access.log"` : "/dev/stdout",
    error_log: noLogLinks ? `"${logDir}/error.log"` : "/dev/stderr",
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`Cannot fill in the built-in nginx.conf: no value for ${name}`);
    }
    return value;
  });
}
