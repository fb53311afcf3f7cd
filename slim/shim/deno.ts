/** Defines the part of `Deno` and of the web platform that tandem needs on QuickJS. */

import { AbortController, AbortSignal, DOMException } from "./abort.ts";
import { Command } from "./command.ts";
import { connect } from "./connections.ts";
import { env } from "./environment.ts";
import { errors } from "./errors.ts";
import { cwd, execPath, syncFiles } from "./files.ts";
import { host } from "./host.ts";
import { dlopen, UnsafeFnPointer } from "./library.ts";
import { addSignalListener, kill, removeSignalListener } from "./signals.ts";
import { console, consoleSize, stderr, stdin, stdout } from "./stdio.ts";
import { TextDecoder, TextEncoder } from "./text.ts";
import { clearTimeout, setInterval, setTimeout } from "./timers.ts";

declare const BUILD_ARCH: "x86_64" | "aarch64";
declare const BUILD_QUICKJS: string;

const deno = {
  args: host.args.slice(1),
  env,
  exitCode: 0,
  exit: (code?: number): never => host.exit(code ?? deno.exitCode),
  pid: host.pid(),
  uid: host.uid,
  gid: host.gid,
  cwd,
  execPath,
  build: {
    os: "linux",
    arch: BUILD_ARCH,
    target: `${BUILD_ARCH}-unknown-linux-musl`,
    vendor: "unknown",
    env: "musl",
    standalone: true,
  },
  version: { quickjs: BUILD_QUICKJS },
  errors,
  Command,
  kill,
  addSignalListener,
  removeSignalListener,
  connect,
  ...syncFiles,
  stdin,
  stdout,
  stderr,
  consoleSize,
  dlopen,
  UnsafeFnPointer,
};

const timeOrigin = Date.now() - host.now();

Object.assign(globalThis, {
  // Deferred, because the module that calls it may itself still be evaluating.
  importModule: (name: string) => Promise.resolve(name).then(host.loadModule),
  Deno: deno,
  global: globalThis,
  self: globalThis,
  console,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval: clearTimeout,
  queueMicrotask: (callback: () => void) => void host.queueMicrotask(callback),
  performance: { now: host.now, timeOrigin },
  navigator: {
    get hardwareConcurrency() {
      return host.cpus();
    },
  },
  TextEncoder,
  TextDecoder,
  AbortController,
  AbortSignal,
  DOMException,
});

for (const name of ["dispose", "asyncDispose"] as const) {
  if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
