/** Signal listeners. */

import { type Cases, until } from "./cases.ts";

export const signals: Cases = () => {
  const heard: string[] = [];
  const listen = (name: Deno.Signal) => () => heard.push(name);

  return {
    "each signal that tandem listens to": async () => {
      const names = [
        ...["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"],
        ...["SIGTTIN", "SIGTTOU", "SIGWINCH", "SIGPIPE", "SIGALRM", "SIGCHLD"],
      ] as Deno.Signal[];
      const listeners = names.map((name) => [name, listen(name)] as const);
      for (const [name, listener] of listeners) {
        Deno.addSignalListener(name, listener);
        Deno.kill(Deno.pid, name);
        await until(() => heard.at(-1) === name);
      }
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
      return heard;
    },
    "two listeners of one signal": async () => {
      heard.length = 0;
      const [one, two] = [() => heard.push("one"), () => heard.push("two")];
      Deno.addSignalListener("SIGUSR1", one);
      Deno.addSignalListener("SIGUSR1", two);
      Deno.addSignalListener("SIGUSR1", two);
      Deno.kill(Deno.pid, "SIGUSR1");
      await until(() => heard.length >= 2);
      Deno.removeSignalListener("SIGUSR1", one);
      Deno.kill(Deno.pid, "SIGUSR1");
      await until(() => heard.length >= 3);
      Deno.removeSignalListener("SIGUSR1", two);
      return heard;
    },
    "100 signals, none lost": async () => {
      let count = 0;
      const listener = () => count++;
      Deno.addSignalListener("SIGUSR2", listener);
      for (let sent = 1; sent <= 100; sent++) {
        Deno.kill(Deno.pid, "SIGUSR2");
        await until(() => count >= sent);
      }
      Deno.removeSignalListener("SIGUSR2", listener);
      return count;
    },
    "SIGCHLD listener and a child's status": async () => {
      heard.length = 0;
      const listener = listen("SIGCHLD");
      Deno.addSignalListener("SIGCHLD", listener);
      const status = await new Deno.Command("/bin/true").spawn().status;
      await until(() => heard.length > 0);
      Deno.removeSignalListener("SIGCHLD", listener);
      return [status, heard[0]];
    },
    "addSignalListener: no such signal": () =>
      Deno.addSignalListener("SIGNONE" as Deno.Signal, () => {}),
    "addSignalListener: SIGKILL": () => Deno.addSignalListener("SIGKILL", () => {}),
    "removeSignalListener: never added": () => Deno.removeSignalListener("SIGTERM", () => {}),
  };
};
