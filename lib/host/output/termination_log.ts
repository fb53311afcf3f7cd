/** The file in which Kubernetes looks for why a container ended; `kubectl describe pod` shows it. */

import { lstatIfExists } from "../system/if_exists.ts";

/** Kubernetes mounts it: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
const PATH = "/dev/termination-log";
/** The most that Kubernetes takes, by the same page. */
const MOST_BYTES = 4096;

/** Does nothing if the file is missing or a link, and never fails: the log has the same lines. */
export function writeTerminationLog(lines: readonly string[]): void {
  if (!lines.length || !lstatIfExists(PATH)?.isFile) return;
  try {
    Deno.writeTextFileSync(PATH, firstBytes(`${lines.join("\n")}\n`, MOST_BYTES), {
      create: false,
    });
  } catch {
    // Read-only, or another user's: the run has ended all the same.
  }
}

/** Cuts between characters. */
export function firstBytes(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= most) return text;
  let end = most;
  // The bytes of a character after its first are 10xxxxxx.
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
