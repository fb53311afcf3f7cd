/** Builds kustomizations as `kubectl kustomize` does, in so far as those in deploy/ need it. */

import { type Manifest, readManifest } from "./manifest.ts";

const KNOWN_KEYS = ["apiVersion", "kind", "namespace", "resources", "images", "patches"];

/** @param folder below deploy/. @throws {Error} for what is not supported here */
export function buildKustomization(folder: string): Manifest[] {
  const kustomization = readManifest(`${folder}/kustomization.yaml`);
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN_KEYS.includes(key));
  if (unknown.length > 0) throw new Error(`${folder}: not supported here: ${unknown}`);
  const { resources, patches = [], images = [], namespace } = kustomization;
  const built: Manifest[] = resources.flatMap((name: string) => buildResource(folder, name));
  for (const { path } of patches) {
    const patch = readManifest(`${folder}/${path}`);
    const index = built.findIndex((manifest) => isSameObject(manifest, patch));
    if (index < 0) throw new Error(`${folder}/${path} patches nothing`);
    built[index] = merge(built[index], patch);
  }
  for (const manifest of built) {
    if (namespace) manifest.metadata.namespace = namespace;
    for (const container of manifest.spec.template?.spec.containers ?? []) {
      container.image = retag(container.image, images);
    }
  }
  return built;
}

function buildResource(folder: string, name: string): Manifest[] {
  return name.endsWith(".yaml")
    ? [readManifest(`${folder}/${name}`)]
    : buildKustomization(`${folder}/${name}`);
}

function isSameObject(a: Manifest, b: Manifest): boolean {
  return a.apiVersion === b.apiVersion && a.kind === b.kind && a.metadata.name === b.metadata.name;
}

/** A strategic merge: maps key by key, lists of named things by name; anything else replaces. */
function merge(base: Manifest, patch: Manifest): Manifest {
  if (isNamedList(base) && isNamedList(patch)) {
    const named = (list: Manifest[], name: string) => list.find((entry) => entry.name === name);
    const changed = patch.map((change: Manifest) => {
      const entry = named(base, change.name);
      return entry ? merge(entry, change) : change;
    });
    return [...changed, ...base.filter(({ name }: Manifest) => !named(patch, name))];
  }
  if (!isMap(base) || !isMap(patch)) return patch;
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    merged[key] = key in base ? merge(base[key], value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, Manifest> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNamedList(value: Manifest): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => entry?.name);
}

function retag(image: string, images: { name: string; newTag: string }[]): string {
  const [name] = image.split(/:(?=[^/]*$)/);
  const change = images.find((change) => change.name === name);
  return change ? `${name}:${change.newTag}` : image;
}
