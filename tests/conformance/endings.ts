/** Ways in which a program comes to its end; host_test.ts compares statuses and what was said. One argument: the way. */

function say(text: string, to = Deno.stdout): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

function fail(): never {
  throw new Error("failed", { cause: new TypeError("the cause") });
}

const later = (act: () => void) => void setTimeout(act, 5);

const endings: Record<string, () => unknown> = {
  "nothing to do": () => {},
  "exit": () => Deno.exit(7),
  "exit code": () => {
    Deno.exitCode = 5;
  },
  "exit, by its code": () => {
    Deno.exitCode = 6;
    Deno.exit();
  },
  "thrown": fail,
  "thrown later": () => later(fail),
  "thrown in a microtask": () => queueMicrotask(fail),
  "thrown a text": () => {
    // deno-lint-ignore no-throw-literal -- whoever does it is told as well
    throw "a text";
  },
  "rejected": () => void Promise.reject(new RangeError("rejected")),
  "rejected, handled in time": () => {
    const rejected = Promise.reject(new Error("handled"));
    Promise.resolve().then(() => rejected.catch(() => say("handled")));
  },
  "rejected, before a timer": () => {
    later(() => say("not reached"));
    Promise.reject(new Error("first"));
  },
  "waits for ever": () => new Promise(() => {}),
  "only a signal listener": () => Deno.addSignalListener("SIGUSR1", () => {}),
  "only a timer": () => later(() => say("timer")),
  "only a timeout signal": () => void AbortSignal.timeout(10_000),
  "only a child": () => {
    new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.05; echo child"] }).spawn();
  },
  "a child's output": () => {
    const child = new Deno.Command("/bin/echo", { args: ["x"], stdout: "piped" }).spawn();
    child.stdout.getReader().read().then(({ value }) => say(`read ${value?.length}`));
  },
  "SIGTERM, nobody listens": () => {
    later(() => Deno.kill(Deno.pid, "SIGTERM"));
    setTimeout(() => say("survived"), 1000);
  },
  "SIGTERM, nobody listens any more": () => {
    const listener = () => {
      say("heard");
      Deno.removeSignalListener("SIGTERM", listener);
      Deno.kill(Deno.pid, "SIGTERM");
    };
    Deno.addSignalListener("SIGTERM", listener);
    Deno.kill(Deno.pid, "SIGTERM");
    setTimeout(() => say("survived"), 1000);
  },
  "SIGPIPE, nobody listens": () => {
    Deno.kill(Deno.pid, "SIGPIPE");
    say("survived");
  },
  "a reader who is gone": async () => {
    try {
      await Deno.stdout.write(new TextEncoder().encode("x"));
    } catch (error) {
      say((error as Error).name, Deno.stderr);
      Deno.exit(9);
    }
  },
  "a reader who sleeps": async () => {
    const written = Deno.stdout.write(new Uint8Array(300_000).fill(0x78));
    setTimeout(() => say("awake", Deno.stderr), 5);
    say(`${await written}`, Deno.stderr);
  },
};

await endings[Deno.args[0] ?? ""]?.();
