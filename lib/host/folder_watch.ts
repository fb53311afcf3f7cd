/** Tells when a file comes to be, so that nobody has to look again and again. */

export interface FileWatch extends Disposable {
  /** Settles at the next change of that file; never, where the folder cannot be watched. */
  changed(): Promise<void>;
}

/** Watches the folder, because the file need not be there yet. */
export function watchFile(path: string): FileWatch {
  let next = Promise.withResolvers<void>();
  const watcher = open(path.slice(0, path.lastIndexOf("/")) || "/");

  async function follow(events: Deno.FsWatcher): Promise<void> {
    for await (const { paths } of events) {
      if (!paths.includes(path)) continue;
      next.resolve();
      next = Promise.withResolvers();
    }
  }

  if (watcher) follow(watcher).catch(() => {});
  return {
    changed: () => next.promise,
    [Symbol.dispose]: () => watcher?.close(),
  };
}

/** inotify instances are few on busy nodes; whoever waits then has its own clock. */
function open(folder: string): Deno.FsWatcher | undefined {
  try {
    return Deno.watchFs(folder, { recursive: false });
  } catch {
    return undefined;
  }
}
