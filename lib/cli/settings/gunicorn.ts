/** The settings of gunicorn. */

import * as types from "../value_types.ts";
import type { SettingRows } from "./setting.ts";

export const gunicornSettings: SettingRows<
  "workers" | "timeout" | "workerClass" | "app" | "chdir" | "socket" | "gunicorn" | "plainGunicorn"
> = {
  workers: {
    flag: "workers",
    group: "gunicorn",
    placeholder: "N",
    variables: ["MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS", "WEB_CONCURRENCY"],
    type: types.wholeNumber(1, 1024),
    defaultValue: (machine) => machine.cpus(),
    defaultText: "CPUs this process may use",
    meaning: "gunicorn workers; the default respects the CPU quota and affinity mask",
    isCommon: true,
  },
  timeout: {
    flag: "timeout",
    group: "gunicorn",
    placeholder: "S",
    variables: ["MODEL_SERVER_TIMEOUT", "SAGEMAKER_MODEL_SERVER_TIMEOUT"],
    type: types.seconds(0),
    defaultValue: () => 60,
    meaning: "replace a gunicorn worker that is silent for S seconds; 0 disables",
    isCommon: true,
  },
  workerClass: {
    flag: "worker-class",
    group: "gunicorn",
    placeholder: "C",
    variables: ["SAGEMAKER_GUNICORN_WORKER_CLASS"],
    type: types.workerClass,
    defaultValue: () => "gevent",
    meaning: "gunicorn worker class",
    isCommon: true,
  },
  app: {
    flag: "app",
    group: "gunicorn",
    placeholder: "M:A",
    type: types.wsgiCallable,
    defaultValue: () => "wsgi:app",
    meaning: "WSGI callable, as module:callable",
    isCommon: true,
  },
  chdir: {
    flag: "chdir",
    group: "gunicorn",
    placeholder: "DIR",
    type: types.pathTo("directory"),
    defaultValue: (machine) => machine.currentDirectory(),
    defaultText: "the current directory",
    meaning: "directory to start gunicorn in",
  },
  socket: {
    flag: "socket",
    group: "gunicorn",
    placeholder: "PATH",
    type: types.socketPath,
    defaultValue: () => "/tmp/gunicorn.sock",
    meaning: "unix socket between nginx and gunicorn",
  },
  gunicorn: {
    flag: "gunicorn",
    group: "gunicorn",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: () => "gunicorn",
    defaultText: "gunicorn on PATH",
    meaning: "gunicorn executable",
  },
  plainGunicorn: {
    flag: "plain-gunicorn",
    group: "gunicorn",
    type: types.onOff,
    defaultValue: () => false,
    meaning: "do not add --keep-alive, --worker-tmp-dir and --no-control-socket, " +
      "which tandem adds where you have not set them",
  },
};
