/** Builds the images of deploy/docker/, each once per edition. */

import type { Edition } from "../../support/editions.ts";
import { repository } from "../../support/paths.ts";
import type { Engine } from "./engine.ts";

/** The names of the Dockerfiles. */
export const IMAGES = ["debian", "python-slim", "distroless", "sagemaker"] as const;
export type ImageName = (typeof IMAGES)[number];

/** The root file system of the matrix, instead of an image that a registry has. */
export const BASE = "localhost/base";

/** Debian's stack with pip, which takes gunicorn and gevent as installed: instead of python:3.x-slim. */
const PIP_BASE = `FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
ENV PIP_BREAK_SYSTEM_PACKAGES=1
`;

const APP = `
import os
import time

active = 0
last_arrival = 0
hoard = []

if os.environ.get("HOARD_AT_IMPORT"):
    hoard.append(b"x" * (1 << 30))


def app(environ, start_response):
    global active, last_arrival
    path = environ["PATH_INFO"]
    body = b""
    if path == "/invocations":
        active += 1
        last_arrival = time.monotonic()
        while time.monotonic() < last_arrival + 4:
            time.sleep(0.05)
        active -= 1
    elif path == "/active":
        body = b"%d" % active
    elif path == "/hoard":
        hoard.append(b"x" * (1 << 30))
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
`;

const TRAIN = `#!/usr/bin/python3
print("trained")
`;

export class Images {
  readonly #engine: Engine;
  readonly #built = new Map<string, Promise<string>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @returns its tag */
  build(name: ImageName, edition: Edition): Promise<string> {
    const tag = `localhost/${name}:${edition.name}`;
    const built = this.#built.get(tag) ?? this.#build(name, edition, tag);
    this.#built.set(tag, built);
    return built;
  }

  async #build(name: ImageName, edition: Edition, tag: string): Promise<string> {
    const base = name === "python-slim" ? await this.#pipBase() : BASE;
    const context = this.#engine.folder(`context-${edition.name}`);
    Deno.mkdirSync(`${context}/program`, { recursive: true });
    Deno.writeTextFileSync(`${context}/program/wsgi.py`, APP);
    Deno.writeTextFileSync(`${context}/program/train`, TRAIN, { mode: 0o755 });
    Deno.copyFileSync(edition.path, `${context}/${edition.name}`);
    await this.#engine.done(
      ...["build", "--runtime", "runc", "--format", "docker", "--build-arg", `BASE=${base}`],
      ...["--build-arg", `TANDEM=${edition.name}`],
      ...["-f", `${repository}/deploy/docker/${name}.Dockerfile`, "-t", tag, context],
    );
    return tag;
  }

  async #pipBase(): Promise<string> {
    const tag = "localhost/pip-base";
    const known = this.#built.get(tag) ?? this.#buildPipBase(tag);
    this.#built.set(tag, known);
    return await known;
  }

  async #buildPipBase(tag: string): Promise<string> {
    const context = this.#engine.folder("context-pip");
    Deno.writeTextFileSync(`${context}/Dockerfile`, PIP_BASE);
    await this.#engine.done("build", "--runtime", "runc", "--format", "docker", "-t", tag, context);
    return tag;
  }
}
