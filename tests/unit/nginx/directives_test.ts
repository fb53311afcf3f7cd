import assert from "node:assert/strict";
import fc from "fast-check";
import template from "../../../nginx.conf" with { type: "text" };
import { fillBuiltInConf } from "../../../lib/plan/built_in_conf.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { summarizeConf } from "../../../lib/nginx/directives.ts";
import { noise } from "../support/noise.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const read = (dump: string) => summarizeConf(parseDirectives(dump));

/** The listen lines as "text", or as "text (other)" if they are not plain HTTP. */
function listens(dump: string): string[] {
  return read(dump).listens.map(({ text, plainHttp }) => plainHttp ? text : `${text} (other)`);
}

const inServer = (lines: string) => `events {} http { server { ${lines} } }`;

const listenLines: [conf: string, listens: string[]][] = [
  [inServer("listen 8080;"), ["8080"]],
  [inServer("listen 8080 default_server reuseport deferred backlog=128;"), ["8080"]],
  [inServer("listen 8080; listen [::]:8080 ipv6only=on;"), ["8080", "[::]:8080"]],
  [inServer("listen unix:/run/nginx.sock;"), ["unix:/run/nginx.sock"]],
  [inServer('listen "unix:/run/a b;c.sock";'), ["unix:/run/a b;c.sock"]],
  // Verified with nginx: it creates these files.
  [inServer("listen unix:/run/a\\ b.sock;"), ["unix:/run/a\\ b.sock"]],
  [inServer("listen unix:/run/a\\;b.sock;"), ["unix:/run/a\\;b.sock"]],
  [inServer("listen unix:/run/a\\tb.sock;"), ["unix:/run/a\tb.sock"]],
  [inServer("listen unix:/run/a}b.sock;"), ["unix:/run/a}b.sock"]],
  [inServer('listen unix:/run/a"b"c.sock;'), ['unix:/run/a"b"c.sock']],
  [inServer("listen '8080';"), ["8080"]],
  [inServer("listen\n\t8080\n;"), ["8080"]],
  [inServer("listen 8080;# listen 8081;\n listen 8082;"), ["8080", "8082"]],
  [inServer("listen 443 ssl;"), ["443 (other)"]],
  [inServer("listen 443 default_server ssl http2;"), ["443 (other)"]],
  [inServer("listen 443 quic reuseport;"), ["443 (other)"]],
  [inServer("listen 8080 http2;"), ["8080 (other)"]],
  [inServer("listen 8080 proxy_protocol;"), ["8080 (other)"]],
  [inServer("listen 443 ssl; listen 8080;"), ["443 (other)", "8080"]],
  ["stream { server { listen 5432; proxy_pass db:5432; } }", ["5432 (other)"]],
  ["stream { server { listen 53 udp; } }", ["53 (other)"]],
  ["mail { server { listen 25; } }", ["25 (other)"]],
  ["stream { server { listen 1; } } http { server { listen 2; } }", ["1 (other)", "2"]],
  [inServer("server_name x;"), ["80"]],
  ["events {}", []],
  ["http { upstream app { server unix:/tmp/gunicorn.sock fail_timeout=0; } }", []],
  ["", []],
];

for (const [conf, expected] of listenLines) {
  Deno.test(`nginx config: the listen lines of ${JSON.stringify(conf)}`, () => {
    assert.deepEqual(listens(conf), expected);
  });
}

const daemonLines: [conf: string, daemon: "on" | "off" | undefined][] = [
  ["daemon on;", "on"],
  ["daemon off;", "off"],
  ["user www-data; daemon   off ; events {}", "off"],
  ['daemon "off";', "off"],
  ["events {} http {} daemon on;", "on"],
  ["# daemon on;\nevents {}", undefined],
  ["events {} # daemon off;", undefined],
  ['http { log_format x "daemon on;"; }', undefined],
  ["http { log_format x 'a \\' daemon on; b'; }", undefined],
  ["env daemon; events {}", undefined],
  ["", undefined],
];

for (const [conf, daemon] of daemonLines) {
  Deno.test(`nginx config: daemon in ${JSON.stringify(conf)}`, () => {
    assert.equal(read(conf).daemon, daemon);
  });
}

Deno.test("nginx config: only master_process off makes nginx serve in one process", () => {
  assert.ok(read("master_process off; events {}").singleProcess);
  assert.ok(!read("master_process on; events {}").singleProcess);
  assert.ok(!read("events {} # master_process off;").singleProcess);
});

const lexicalTraps: [what: string, lines: string][] = [
  ["a format in quotes", `log_format json escape=json '{"a": "$b;}", # listen 1;' "}{";`],
  ["a variable in braces", 'set $x "${host}"; set $y ${host}_a; return 301 http://${host}/;'],
  ["a regular expression with braces", 'location ~ "^/a{2,3}$" { return 204; }'],
  ["a regular expression with backslashes", "location ~ \\.(png|jpg)\\;$ { return 204; }"],
  ["a block of Lua", "content_by_lua_block { f{{1}; listen = 2}; listen 1; g{} }"],
  ["a hash within a word", "rewrite ^/a#b /c; add_header X a#b;"],
  ["a quote within a word", 'add_header X don\'t; sub_filter src="/ src="/app/;'],
  ["a map", "map $uri $x { default 0; ~^/a{2} 1; }"],
];

for (const [what, lines] of lexicalTraps) {
  Deno.test(`nginx config: ${what} does not hide the next line`, () => {
    assert.deepEqual(listens(inServer(`${lines}\n listen 8443;`)), ["8443"]);
  });
}

Deno.test("nginx config: the output of nginx -T with included files", () => {
  const dump = `# configuration file /etc/nginx/nginx.conf:
user www-data;
include /etc/nginx/modules-enabled/*.conf;
events { worker_connections 768; }
http {
  include mime.types;
  include /etc/nginx/sites-enabled/*;
}

# configuration file /etc/nginx/modules-enabled/50-daemon.conf:
daemon off;

# configuration file /etc/nginx/mime.types:
types {
  text/html html htm shtml;
  application/octet-stream bin exe dll;
}

# configuration file /etc/nginx/sites-enabled/default:
server {
  listen 443 ssl default_server;
  listen [::]:8080;
}

`;
  assert.deepEqual(read(dump), {
    daemon: "off",
    singleProcess: false,
    listens: [
      {
        text: "443",
        address: { transport: "tcp", hostname: "127.0.0.1", port: 443 },
        plainHttp: false,
      },
      {
        text: "[::]:8080",
        address: { transport: "tcp", hostname: "::1", port: 8080 },
        plainHttp: true,
      },
    ],
  });
});

const notation = fc.constantFrom(
  ...["listen", "daemon", "on", "off", "server", "http", "x_by_lua_block", "80", "[::", "unix:"],
  ...["{", "}", ";", '"', "'", "\\", "#", "${", "$", "\n", " ", "\0", "ä"],
);

Deno.test("nginx config: no text makes the parser fail or loop", () => {
  const confs = fc.oneof(
    noise,
    fc.array(notation, { maxLength: 60 }).map((words) => words.join("")),
    fc.array(notation, { maxLength: 60 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(confs, (conf) => {
      const { daemon, listens } = read(conf);
      assert.ok([undefined, "on", "off"].includes(daemon));
      for (const { text } of listens) assert.equal(typeof text, "string");
    }),
    { numRuns: 2000 },
  );
});

for (
  const piece of ["{", "}", '"', "'", "\\", "${", '"a" ', "a;", "${a", "x_by_lua_block {", "#"]
) {
  Deno.test(`nginx config: 100,000 times ${JSON.stringify(piece)} are parsed within 5 s`, () => {
    const begin = performance.now();
    read(piece.repeat(100_000));
    assert.ok(performance.now() - begin < 5000);
  });
}

const builtIn = (...args: string[]) =>
  fillBuiltInConf(template, invocationFor(args, {}, bareImage).settings);

Deno.test("nginx config: the built-in conf has no placeholder left", () => {
  const conf = builtIn();
  assert.doesNotMatch(conf, /\{\{|\}\}|undefined/);
  assert.deepEqual(listens(conf), ["8080"]);
  assert.equal(read(conf).daemon, "off");
});

Deno.test("nginx config: each setting of the built-in conf is in its place", () => {
  const conf = builtIn(
    ...["--port", "9000", "--socket", "/run/my app.sock", "--max-body", "1g"],
    ...["--proxy-read-timeout", "7", "--state-dir", "/state"],
  );
  for (
    const line of [
      "listen 9000;",
      'server "unix:/run/my app.sock" fail_timeout=0;',
      "client_max_body_size 1g;",
      "proxy_read_timeout 7s;",
      'pid "/state/tandem-nginx/nginx.pid";',
      "error_log /dev/stderr;",
      "access_log /dev/stdout combined_timed if=$is_logged;",
    ]
  ) assert.ok(conf.includes(line), line);
});

Deno.test("nginx config: with --no-log-links the built-in conf logs to the log folder", () => {
  const conf = builtIn("--no-log-links", "--log-dir", "/my logs");
  assert.match(conf, /^error_log "\/my logs\/error\.log";$/m);
  assert.match(conf, /^ *access_log "\/my logs\/access\.log" combined_timed if=/m);
});

Deno.test("nginx config: a value with replacement patterns is written literally", () => {
  const { settings } = invocationFor([], {}, bareImage);
  assert.equal(
    fillBuiltInConf("{{socket}}", { ...settings, socket: "/$&/$1/{{port}}" }),
    "/$&/$1/{{port}}",
  );
});

Deno.test("nginx config: an unknown placeholder is an internal error", () => {
  const { settings } = invocationFor([], {}, bareImage);
  assert.throws(() => fillBuiltInConf("a {{no_such}} b", settings), /no_such/);
});
