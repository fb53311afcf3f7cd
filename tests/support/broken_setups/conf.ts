/** Broken setups of nginx.conf and its listen lines. */

import { type BrokenSetup, failed, isNotReady, refuses, serves, warning } from "./setup.ts";

export const confSetups: BrokenSetup[] = [
  {
    what: "no nginx.conf",
    prepare: ({ nginxConf }) => Deno.removeSync(nginxConf),
    findings: [failed("nginx.conf", /^cannot read \S+nginx\.conf$/, /^correct --nginx-conf$/)],
    serve: refuses,
    error: /nginx\.conf/,
  },
  {
    what: "an nginx.conf that is a FIFO",
    async prepare({ nginxConf }) {
      Deno.removeSync(nginxConf);
      await new Deno.Command("mkfifo", { args: [nginxConf] }).output();
    },
    findings: [
      failed("nginx.conf", /^\S+nginx\.conf is not a regular file$/, /^correct --nginx-conf$/),
    ],
    serve: refuses,
    error: /not a regular file/,
  },
  {
    what: "an included file that is a FIFO",
    async prepare(image) {
      await new Deno.Command("mkfifo", { args: [`${image.program}/extra.conf`] }).output();
      image.writeConf({ locations: "include extra*.conf;" });
    },
    findings: [
      failed(
        "nginx -t",
        /^nginx rejects its conf: it includes \S+\/extra\.conf, a FIFO, and would wait for a writer$/,
        /^include a regular file instead$/,
      ),
    ],
    serve: refuses,
    error: /includes \S+\/extra\.conf, a FIFO/,
  },
  {
    what: "an unknown directive in nginx.conf",
    prepare: (image) => image.writeConf({ locations: "no_such_directive;" }),
    findings: [
      failed(
        "nginx -t",
        /^nginx rejects its conf: unknown directive "no_such_directive" in \S+nginx\.conf:\d+$/,
        /^fix that line$/,
      ),
    ],
    serve: refuses,
    error: /unknown directive "no_such_directive"/,
  },
  {
    what: "a missing include",
    prepare: (image) => image.writeConf({ locations: "include /no/such/include.conf;" }),
    findings: [
      failed("nginx -t", /"\/no\/such\/include\.conf" failed \(2: .*nginx\.conf:\d+$/, /that line/),
    ],
    serve: refuses,
  },
  {
    what: "daemon on",
    prepare: (image) => image.writeConf({ daemon: "daemon on;" }),
    findings: [
      failed("nginx -t", /^nginx\.conf says `daemon on`, so nginx/, /^remove that line$/),
    ],
    serve: refuses,
    error: /daemon on/,
  },
  {
    what: "master_process off",
    prepare: (image) => image.writeConf({ daemon: "daemon off; master_process off;" }),
    findings: [
      failed("nginx -t", /^nginx\.conf says `master_process off`, so nginx/, /^remove that line$/),
    ],
    serve: refuses,
    error: /master_process off/,
  },
  {
    what: "a port that is in use on 127.0.0.1",
    prepare: ({ port }) => Deno.listen({ hostname: "127.0.0.1", port }),
    findings: [
      failed(
        "listen PORT",
        /^\d+ is in use \(\S+, pid \d+\)$/,
        /^stop that process, or change the listen line$/,
      ),
    ],
    serve: refuses,
  },
  {
    what: "a port that is in use on every address",
    prepare: ({ port }) => Deno.listen({ hostname: "0.0.0.0", port }),
    findings: [failed("listen PORT", /^\d+ is in use \(\S+, pid \d+\)$/, /^stop that process/)],
    serve: refuses,
    error: /\d+ is in use/,
  },
  {
    what: "a proxy_pass to another socket",
    prepare: (image) => image.writeConf({ socket: "/tmp/elsewhere.sock" }),
    findings: [
      warning(
        "proxy_pass",
        /^gunicorn listens on unix:\S+, but nginx passes requests to unix:\/tmp\/elsewhere\.sock/,
        /^correct proxy_pass or --socket$/,
      ),
    ],
    serve: isNotReady,
  },
  {
    what: "headers with underscores",
    prepare: (image) => image.writeConf({ locations: "underscores_in_headers on;" }),
    findings: [
      warning(
        "forged headers",
        /^`underscores_in_headers on` lets clients send headers such as SCRIPT_NAME, which gunicorn/,
        /^remove that line$/,
      ),
    ],
    serve: serves,
  },
  {
    what: "a log folder that does not exist",
    prepare: (image) => image.writeConf({ logDir: `${image.folder}/none/log` }),
    options: ({ folder }) => ({ args: ["--log-dir", `${folder}/none/log`] }),
    okFinding: {
      name: "link access.log",
      found: /access\.log is missing: serve creates it as a link to/,
    },
    serve: serves,
  },
];
