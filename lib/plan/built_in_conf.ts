/** Fills in the template of the built-in nginx.conf. */

import type { Settings } from "./settings.ts";

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
