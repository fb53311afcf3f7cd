import assert from "node:assert/strict";
import { findPaths, type NginxBuild, parseBuild } from "../../../lib/nginx/paths.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { DumpReader } from "../../../lib/nginx/dump_reader.ts";
import {
  type Block,
  buildTree,
  findAll,
  globToRegExp,
  includePath,
} from "../../../lib/nginx/tree.ts";
import { parseSize, parseTime } from "../../../lib/nginx/values.ts";

const dump = `# configuration file /etc/n/nginx.conf:
user app;
http {
  include conf.d/*.conf;
  include /etc/mime.types;
}
pid /run/n.pid;

# configuration file /etc/n/conf.d/a.conf:
server { listen 1; location / { access_log /log/a; } }

# configuration file /etc/n/conf.d/b.conf:
server { listen 2; }

# configuration file /etc/mime.types:
types { text/html html; }
`;

function readDump(text: string) {
  const reader = new DumpReader();
  reader.read(text);
  reader.end();
  return reader.files;
}

const treeOf = (text: string) => buildTree([{ path: "/n", directives: parseDirectives(text) }]);

Deno.test("nginx tree: included files are in place of their include lines", () => {
  const print = ({ name, args, children }: Block): string =>
    [name, ...args, ...(children.length ? [`{${children.map(print).join("; ")}}`] : [])].join(
      " ",
    );
  assert.equal(
    print(buildTree(readDump(dump))).trim(),
    "{user app; http {" +
      "server {listen 1; location / {access_log /log/a}}; server {listen 2}; types" +
      "}; pid /run/n.pid}",
  );
});

Deno.test("nginx tree: an empty block takes no children from its neighbours", () => {
  const root = treeOf("events {} http { server { listen 1; } }");
  assert.deepEqual(root.children.map(({ name }) => name), ["events", "http"]);
  assert.equal(findAll(root, "listen").length, 1);
});

Deno.test("nginx tree: files that include each other do not loop", () => {
  assert.deepEqual(treeOf("include /n;").children.map(({ name }) => name), ["include"]);
});

Deno.test("nginx tree: include patterns", () => {
  assert.equal(includePath("a/b", "/etc/n.conf"), "/etc/a/b");
  assert.equal(includePath("/a/b", "/etc/n.conf"), "/a/b");
  assert.ok(globToRegExp("/e/*.conf").test("/e/a.conf"));
  assert.ok(!globToRegExp("/e/*.conf").test("/e/x/a.conf"));
  assert.ok(!globToRegExp("/e/*.conf").test("/e/aXconf"));
  assert.ok(globToRegExp("/e/?[0-9]").test("/e/a1"));
  assert.ok(!globToRegExp("/e/[!a]").test("/e/a"));
  assert.ok(!globToRegExp("/e/[!a]b").test("/e//b"));
  assert.ok(!globToRegExp("/e/[z-a]").test("/e/a"));
  assert.ok(globToRegExp("/e/[]a-]").test("/e/]"));
  assert.ok(globToRegExp("/e/[]a-]").test("/e/-"));
  assert.ok(globToRegExp("/e/[a.conf").test("/e/[a.conf"));
  assert.ok(globToRegExp("/e/\\*.conf").test("/e/*.conf"));
  assert.ok(!globToRegExp("/e/\\*.conf").test("/e/a.conf"));
  assert.ok(globToRegExp("/e/(a)+").test("/e/(a)+"));
});

const build: NginxBuild = parseBuild(
  "nginx version: nginx/1.22.1\nconfigure arguments: --prefix=/usr/share/nginx --pid-path=/run/d.pid " +
    "--http-log-path=/log/access.log --error-log-path=stderr --http-client-body-temp-path=/t/body " +
    "--with-cc-opt='-g -O2'",
);

Deno.test("nginx paths: build options", () => {
  assert.deepEqual([build.version, build.prefix, build.pid, build.errorLog, build.user], [
    "nginx/1.22.1",
    "/usr/share/nginx",
    "/run/d.pid",
    "stderr",
    "nobody",
  ]);
  assert.deepEqual(build.temps.slice(0, 2), ["/t/body", "proxy_temp"]);
  assert.equal(parseBuild("").version, "nginx of unknown version");
});

Deno.test("nginx paths: the conf overrides the build options", () => {
  assert.deepEqual(findPaths(buildTree(readDump(dump)), build), {
    pid: "/run/n.pid",
    logs: ["/log/a"],
    temps: [
      ...["/t/body", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"]
        .map((path) => path.startsWith("/") ? path : `/usr/share/nginx/${path}`),
    ],
    bodies: ["/t/body", "/usr/share/nginx/proxy_temp"],
  });
});

Deno.test("nginx paths: logs that are not files of a fixed name are ignored", () => {
  const root = treeOf(
    "error_log logs/e; http { access_log off; access_log syslog:server=x; access_log /l/$host;" +
      " access_log /l/a combined; proxy_temp_path t 1 2; proxy_cache_path /c keys_zone=a:1m; }",
  );
  const { logs, temps, bodies } = findPaths(root, build);
  assert.deepEqual(logs, ["/usr/share/nginx/logs/e", "/l/a"]);
  assert.deepEqual(bodies, ["/t/body", "/usr/share/nginx/t"]);
  assert.equal(temps.at(-1), "/c");
});

for (
  const [text, bytes] of [["0", 0], ["512", 512], ["1k", 1024], ["25M", 26_214_400], [
    "x",
    undefined,
  ]]
) {
  Deno.test(`nginx values: a size of ${text}`, () => {
    assert.equal(parseSize(`${text}`), bytes);
  });
}

for (
  const [text, seconds] of [
    ["60", 60],
    ["10s", 10],
    ["1m30s", 90],
    ["1m 30s", 90],
    ["500ms", 0.5],
    ["1h", 3600],
    ["1M", 2_592_000],
    ["soon", undefined],
    ["", undefined],
    ["1 2s", 3],
    // One way to read it, not 2^40.
    ["0".repeat(40) + "x", undefined],
  ]
) {
  Deno.test(`nginx values: a time of ${JSON.stringify(text)}`, () => {
    assert.equal(parseTime(`${text}`), seconds);
  });
}
