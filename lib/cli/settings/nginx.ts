/** The settings of nginx, most of them of the built-in nginx.conf. */

import { PORT_PLATFORM_VARIABLES } from "../../plan/platforms.ts";
import { BUILT_IN_CONF } from "../../plan/settings.ts";
import * as types from "../value_types.ts";
import type { SettingRows } from "./setting.ts";

const BRING_YOUR_OWN_CONF = "/opt/program/nginx.conf";

export const nginxSettings: SettingRows<
  | "port"
  | "maxBody"
  | "proxyReadTimeout"
  | "trustProxy"
  | "streaming"
  | "upstreamKeepAlive"
  | "nginxConf"
  | "nginx"
> = {
  port: {
    flag: "port",
    group: "nginx",
    placeholder: "P",
    // Elsewhere PORT may be meant for another program.
    variables: ["SAGEMAKER_BIND_TO_PORT", { name: "PORT", beside: PORT_PLATFORM_VARIABLES }],
    type: types.wholeNumber(1, 65535),
    defaultValue: () => 8080,
    meaning: "port of the built-in nginx.conf; PORT counts on Cloud Run, Knative and Heroku",
    isCommon: true,
    isOfBuiltInConf: true,
  },
  maxBody: {
    flag: "max-body",
    group: "nginx",
    placeholder: "SIZE",
    variables: [{ name: "SAGEMAKER_MAX_PAYLOAD_IN_MB", type: types.megabytes }],
    type: types.nginxSize,
    defaultValue: () => "25m",
    meaning: "largest request body that the built-in nginx.conf accepts; 0 disables the limit",
    isOfBuiltInConf: true,
  },
  proxyReadTimeout: {
    flag: "proxy-read-timeout",
    group: "nginx",
    placeholder: "S",
    variables: ["SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS"],
    type: types.seconds(1),
    defaultValue: () => 1200,
    meaning: "seconds that the built-in nginx.conf waits for the app to send data",
    isOfBuiltInConf: true,
  },
  trustProxy: {
    flag: "trust-proxy",
    group: "nginx",
    placeholder: "CIDR,...",
    type: types.networks,
    defaultValue: () => [],
    defaultText: "none",
    meaning: "load balancers whose X-Forwarded-* headers the built-in nginx.conf passes on; " +
      "those of others are replaced",
    isOfBuiltInConf: true,
  },
  streaming: {
    flag: "streaming",
    group: "nginx",
    type: types.onOff,
    defaultValue: () => false,
    meaning: "let the built-in nginx.conf pass on bodies and answers piece by piece, unbuffered",
    isOfBuiltInConf: true,
  },
  upstreamKeepAlive: {
    flag: "upstream-keep-alive",
    group: "nginx",
    placeholder: "N",
    type: types.wholeNumber(0, 1024),
    defaultValue: () => 0,
    meaning: "idle connections to gunicorn that the built-in nginx.conf keeps; " +
      "faster for light apps, unfair to requests that occupy a worker; 0: none",
    isOfBuiltInConf: true,
  },
  nginxConf: {
    flag: "nginx-conf",
    group: "nginx",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: (machine) =>
      machine.isFile(BRING_YOUR_OWN_CONF) ? BRING_YOUR_OWN_CONF : BUILT_IN_CONF,
    defaultText: `${BRING_YOUR_OWN_CONF} if it exists, else ${BUILT_IN_CONF}`,
    meaning: `nginx.conf to run nginx with; ${BUILT_IN_CONF}: the one that tandem makes`,
    isCommon: true,
  },
  nginx: {
    flag: "nginx",
    group: "nginx",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: () => "nginx",
    defaultText: "nginx on PATH",
    meaning: "nginx executable",
  },
};
