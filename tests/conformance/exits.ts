/** Exits in the manner that its argument names; host_test.ts compares statuses and messages. */

function say(text: string, to = Deno.stdout): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

function fail(): never {
  throw new Error("failed", { cause: new TypeError("the cause") });
}

const later = (act: () => void) => void setTimeout(act, 5);

const exits: Record<string, () => unknown> = {
  "nothing to do": () => {},
  "exit": () => Deno.exit(7),
  "exitCode": () => {
    Deno.exitCode = 5;
  },
  "exit without a status uses exitCode": () => {
    Deno.exitCode = 6;
    Deno.exit();
  },
  "thrown": fail,
  "thrown in a timer": () => later(fail),
  "thrown in a microtask": () => queueMicrotask(fail),
  "thrown string": () => {
    // deno-lint-ignore no-throw-literal -- its message is compared too
    throw "a text";
  },
  "rejected": () => void Promise.reject(new RangeError("rejected")),
  "rejected, handled in a microtask": () => {
    const rejected = Promise.reject(new Error("handled"));
    Promise.resolve().then(() => rejected.catch(() => say("handled")));
  },
  "rejected, before a timer": () => {
    later(() => say("not reached"));
    Promise.reject(new Error("first"));
  },
  "pending top-level await": () => new Promise(() => {}),
  "only a signal listener left": () => Deno.addSignalListener("SIGUSR1", () => {}),
  "only a timer left": () => later(() => say("timer")),
  "only a timeout signal left": () => void AbortSignal.timeout(10_000),
  "only a child left": () => {
    new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.05; echo child"] }).spawn();
  },
  "only a child's output left": () => {
    const child = new Deno.Command("/bin/echo", { args: ["x"], stdout: "piped" }).spawn();
    child.stdout.getReader().read().then(({ value }) => say(`read ${value?.length}`));
  },
  "SIGTERM without a listener": () => {
    later(() => Deno.kill(Deno.pid, "SIGTERM"));
    setTimeout(() => say("survived"), 1000);
  },
  "SIGTERM after the listener was removed": () => {
    const listener = () => {
      say("heard");
      Deno.removeSignalListener("SIGTERM", listener);
      Deno.kill(Deno.pid, "SIGTERM");
    };
    Deno.addSignalListener("SIGTERM", listener);
    Deno.kill(Deno.pid, "SIGTERM");
    setTimeout(() => say("survived"), 1000);
  },
  "SIGPIPE without a listener": () => {
    Deno.kill(Deno.pid, "SIGPIPE");
    say("survived");
  },
  "stdout: reader has exited": async () => {
    try {
      await Deno.stdout.write(new TextEncoder().encode("x"));
    } catch (error) {
      const isBrokenPipe = error instanceof Deno.errors.BrokenPipe;
      say(isBrokenPipe ? error.name : `not BrokenPipe: ${error}`, Deno.stderr);
      Deno.exit(9);
    }
  },
  "stdout: reader is slow": async () => {
    const written = Deno.stdout.write(new Uint8Array(300_000).fill(0x78));
    setTimeout(() => say("awake", Deno.stderr), 5);
    say(`${await written}`, Deno.stderr);
  },
};

await exits[Deno.args[0] ?? ""]?.();
