import { type Cases, until } from "./cases.ts";

const decoder = new TextDecoder();

async function shell(script: string, options: Deno.CommandOptions = {}) {
  const { code, signal, success, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script],
    ...options,
  }).output();
  return { code, signal, success, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

function spawnShell(script: string, options: Deno.CommandOptions = {}) {
  return new Deno.Command("/bin/sh", { args: ["-c", script], ...options }).spawn();
}

async function readAll(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += decoder.decode(value);
  }
}

export const processes: Cases = (folder) => ({
  "output of both kinds": () => shell("echo out; echo err >&2; exit 3"),
  "ended by a signal": () => shell("kill -KILL $$"),
  "much output": async () => (await shell("head -c 1000000 /dev/zero")).out.length,
  "no output to ask for": async () => {
    return (await new Deno.Command("true", { stdout: "null" }).output()).stdout;
  },
  "found on PATH": async () =>
    (await new Deno.Command("sh", { args: ["-c", "exit 7"] }).output()).code,
  "found on the child's PATH": async () => {
    Deno.writeTextFileSync(`${folder}/found`, "#!/bin/sh\necho here\n", { mode: 0o755 });
    const env = { PATH: folder };
    return decoder.decode((await new Deno.Command("found", { env }).output()).stdout);
  },
  "not on PATH": () => new Deno.Command("no-such-command").spawn(),
  "not on the child's PATH": () => new Deno.Command("sh", { env: { PATH: folder } }).spawn(),
  "no such file": () => new Deno.Command(`${folder}/missing`).spawn(),
  "no such file, output": () => new Deno.Command(`${folder}/missing`).output(),
  "not executable": () => {
    Deno.writeTextFileSync(`${folder}/plain`, "x");
    return new Deno.Command(`${folder}/plain`).spawn();
  },
  "a folder": () => new Deno.Command(folder).spawn(),
  "no interpreter": () => {
    Deno.writeTextFileSync(`${folder}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
    return new Deno.Command(`${folder}/script`).spawn();
  },
  "not a program": () => {
    Deno.writeTextFileSync(`${folder}/text`, "text", { mode: 0o755 });
    return new Deno.Command(`${folder}/text`).spawn();
  },
  "no such working directory": () => new Deno.Command("/bin/true", { cwd: `${folder}/no` }).spawn(),
  "a NUL in an argument": () => new Deno.Command("/bin/true", { args: ["a\0b"] }).spawn(),
  "working directory": () => shell("pwd", { cwd: folder }),
  "environment added to": () => shell("echo $A-${HOME:+home}", { env: { A: "1" } }),
  "environment of its own": () =>
    shell("env | grep -c HOME; echo $A", { env: { A: "1" }, clearEnv: true }),
  "name as given": () => shell("tr '\\0' ' ' < /proc/self/cmdline"),
  "standard input": () => shell("readlink /proc/self/fd/0"),
  "descriptors": () => shell("ls /proc/self/fd | wc -l"),
  "signals": () => shell("grep -E 'Sig(Blk|Pnd)' /proc/self/status; trap '' PIPE; true"),
  "a broken pipe ends it": () => shell("(sleep 0.05; yes) | head -n 1; echo done"),
  "session of its own": async () => {
    const child = spawnShell("ps -o sid= -p $$", { detached: true, stdout: "piped" });
    const text = await readAll(child.stdout);
    await child.status;
    return Number(text) === child.pid;
  },
  "session of its parent": async () => {
    const child = spawnShell("ps -o sid= -p $$", { stdout: "piped" });
    const text = await readAll(child.stdout);
    await child.status;
    return Number(text) === child.pid;
  },
  "another user": () => Deno.uid() === 0 ? shell("id", { uid: 65534, gid: 65534 }) : "not root",
  "status again and again": async () => {
    const child = spawnShell("exit 4");
    return [await child.status, await child.status];
  },
  "kill": async () => {
    const child = spawnShell("exec sleep 60");
    child.kill("SIGINT");
    return await child.status;
  },
  "kill as usual": async () => {
    const child = spawnShell("exec sleep 60");
    child.kill();
    return await child.status;
  },
  "kill what has ended": async () => {
    const child = spawnShell("true");
    await child.status;
    child.kill();
  },
  "kill a group": async () => {
    const child = spawnShell("sleep 60 & sleep 60", { detached: true });
    Deno.kill(-child.pid, "SIGKILL");
    return await child.status;
  },
  "abort": async () => {
    const aborting = new AbortController();
    const child = spawnShell("exec sleep 60", { signal: aborting.signal });
    aborting.abort();
    return await child.status;
  },
  "no stream that was not piped": () => {
    const child = spawnShell("true");
    return child.stdout;
  },
  "streams": async () => {
    const child = spawnShell("echo out; echo err >&2", { stdout: "piped", stderr: "piped" });
    return await Promise.all([readAll(child.stdout), readAll(child.stderr), child.status]);
  },
  "stream in pieces": async () => {
    const child = spawnShell("echo a; read x; echo b", { stdout: "piped", stdin: "null" });
    return [await readAll(child.stdout), (await child.status).success];
  },
  "stream taken twice": async () => {
    const child = spawnShell("true", { stdout: "piped" });
    child.stdout.getReader();
    await child.status;
    return child.stdout.getReader();
  },
  "stream released and taken again": async () => {
    const child = spawnShell("echo x", { stdout: "piped" });
    child.stdout.getReader().releaseLock();
    return [child.stdout.locked, await readAll(child.stdout), (await child.status).code];
  },
  "stream cancelled while it is read": async () => {
    const child = spawnShell("exec sleep 60", { stdout: "piped" });
    const reader = child.stdout.getReader();
    const reading = reader.read();
    await reader.cancel();
    child.kill();
    await child.status;
    return [await reading, await reader.read()];
  },
  "stream after the child": async () => {
    const child = spawnShell("echo early", { stdout: "piped" });
    await child.status;
    return await readAll(child.stdout);
  },
  "many at once": async () => {
    const codes = Array.from({ length: 40 }, (_, i) => spawnShell(`exit ${i}`).status);
    return (await Promise.all(codes)).map(({ code }) => code);
  },
  "kill nobody": () => Deno.kill(4_190_000, "SIGTERM"),
  "kill no group": () => Deno.kill(-4_190_000, "SIGTERM"),
  "kill by no signal": () => Deno.kill(Deno.pid, "SIGNONE" as Deno.Signal),
  "an orphan stays a stranger": async () => {
    const child = spawnShell("sleep 0.05 & echo $!", { stdout: "piped" });
    const pid = Number(await readAll(child.stdout));
    await child.status;
    await until(() => !isRunning(pid));
    return true;
  },
});

function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}
