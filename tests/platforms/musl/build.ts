/** Builds nginx and CPython from Debian's sources, statically and with musl. */

import { fetchSource } from "../../../scripts/debian.ts";
import { run, sha256 } from "../../../scripts/build/denort.ts";

interface Source {
  /** Of Debian's package. */
  name: string;
  file: string;
  sha256: string;
  /** The folder in it. */
  folder: string;
}

const nginx: Source = {
  name: "nginx",
  file: "nginx_1.26.3.orig.tar.gz",
  sha256: "69ee2b237744036e61d24b836668aad3040dda461fe6f570f1787eab570c75aa",
  folder: "nginx-1.26.3",
};

/** nginx builds it itself. */
const pcre: Source = {
  name: "pcre2",
  file: "pcre2_10.46.orig.tar.gz",
  sha256: "8d28d7f2c3b970c3a4bf3776bcbb5adfc923183ce74bc8df1ebaad8c1985bd07",
  folder: "pcre2-10.46",
};

const python: Source = {
  name: "python3.13",
  file: "python3.13_3.13.5.orig.tar.xz",
  sha256: "93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640",
  folder: "Python-3.13.5",
};

export const VERSIONS = "nginx 1.26.3 and CPython 3.13.5";

/** It answers as a compiler for glibc does: with a triplet that CPython's configure refuses. */
const COMPILER = `#!/bin/sh
[ "$1" = --print-multiarch ] || exec musl-gcc "$@"
`;

/** nginx includes it although nothing here needs it, and Debian's musl has no such header. */
const CRYPT_HEADER = "";

/** Without what needs more libraries: zlib and crypt. */
const NGINX_OPTIONS = [
  ...["--with-ld-opt=-static", "--prefix=/usr/share/nginx", "--sbin-path=/usr/sbin/nginx"],
  ...["--conf-path=/etc/nginx/nginx.conf", "--pid-path=/run/nginx.pid"],
  ...["--error-log-path=/var/log/nginx/error.log", "--http-log-path=/var/log/nginx/access.log"],
  ...["body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
    `--http-${name === "body" ? "client-body" : name}-temp-path=/var/lib/nginx/${name}`
  ),
  ...["gzip", "auth_basic"].map((name) => `--without-http_${name}_module`),
];

const PYTHON_OPTIONS = [
  ...["--prefix=/usr", "--disable-shared", "--disable-test-modules", "--without-ensurepip"],
];

/** Every module is linked into the interpreter, which cannot load any. */
const PYTHON_ENVIRONMENT = {
  LDFLAGS: "-static",
  LINKFORSHARED: " ",
  MODULE_BUILDTYPE: "static",
  PKG_CONFIG: "/bin/false",
};

/**
 * Takes a minute or two.
 * @param folder where everything is unpacked and built
 * @param root where nginx, Python and its library go
 */
export async function buildServers(folder: string, root: string): Promise<void> {
  const compiler = `${folder}/cc`;
  await Deno.writeTextFile(compiler, COMPILER, { mode: 0o755 });
  await Deno.mkdir(`${folder}/include`);
  await Deno.writeTextFile(`${folder}/include/crypt.h`, CRYPT_HEADER);

  const nginxFolder = await unpack(nginx, folder);
  await configure(nginxFolder, [
    `--with-cc=${compiler}`,
    `--with-cc-opt=-O1 -w -I${folder}/include`,
    `--with-pcre=${await unpack(pcre, folder)}`,
    "--with-pcre-opt=-O1 -w",
    ...NGINX_OPTIONS,
  ]);
  await make(nginxFolder, `DESTDIR=${root}`, "install");

  const pythonFolder = await unpack(python, folder);
  const environment = { CC: compiler, CFLAGS: "-O1 -g0 -w", ...PYTHON_ENVIRONMENT };
  await configure(pythonFolder, PYTHON_OPTIONS, environment);
  await make(pythonFolder);
  await make(pythonFolder, `DESTDIR=${root}`, "install");
}

/** @throws {Error} if it cannot be fetched */
async function unpack({ name, file, sha256: expected, folder }: Source, parent: string) {
  const archive = `${parent}/${file}`;
  // A mirror that misses Debian's own files of a fresh revision still has the original archive.
  const problem = await fetchSource(name, parent).catch((error: Error) => error);
  const bytes = await Deno.readFile(archive).catch(() => undefined);
  if (!bytes) throw problem ?? new Error(`${file} is not among the sources of ${name}`);
  if (await sha256(bytes) !== expected) throw new Error(`${file} has another sha256`);
  await run(["tar", "-xf", archive], { cwd: parent });
  return `${parent}/${folder}`;
}

async function configure(cwd: string, options: string[], env: Record<string, string> = {}) {
  await run(["./configure", ...options], { cwd, env });
}

async function make(cwd: string, ...args: string[]) {
  await run(["make", "-j2", ...args], { cwd });
}
