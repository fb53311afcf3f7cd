/** `Deno.Command` and `Deno.kill`. */

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
  "output of stdout and stderr": () => shell("echo out; echo err >&2; exit 3"),
  "exit by a signal": () => shell("kill -KILL $$"),
  "1 MB of output": async () => (await shell("head -c 1000000 /dev/zero")).out.length,
  "output: not piped": async () => {
    return (await new Deno.Command("true", { stdout: "null" }).output()).stdout;
  },
  "executable on PATH": async () =>
    (await new Deno.Command("sh", { args: ["-c", "exit 7"] }).output()).code,
  "executable on the child's PATH": async () => {
    Deno.writeTextFileSync(`${folder}/found`, "#!/bin/sh\necho here\n", { mode: 0o755 });
    const env = { PATH: folder };
    return decoder.decode((await new Deno.Command("found", { env }).output()).stdout);
  },
  "spawn: not on PATH": () => new Deno.Command("no-such-command").spawn(),
  "spawn: not on the child's PATH": () => new Deno.Command("sh", { env: { PATH: folder } }).spawn(),
  "spawn: missing": () => new Deno.Command(`${folder}/missing`).spawn(),
  "output: missing": () => new Deno.Command(`${folder}/missing`).output(),
  "spawn: not executable": () => {
    Deno.writeTextFileSync(`${folder}/plain`, "x");
    return new Deno.Command(`${folder}/plain`).spawn();
  },
  "spawn: path is a folder": () => new Deno.Command(folder).spawn(),
  "spawn: interpreter missing": () => {
    Deno.writeTextFileSync(`${folder}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
    return new Deno.Command(`${folder}/script`).spawn();
  },
  "spawn: not a program": () => {
    Deno.writeTextFileSync(`${folder}/text`, "text", { mode: 0o755 });
    return new Deno.Command(`${folder}/text`).spawn();
  },
  "spawn: cwd missing": () => new Deno.Command("/bin/true", { cwd: `${folder}/no` }).spawn(),
  "spawn: NUL in an argument": () => new Deno.Command("/bin/true", { args: ["a\0b"] }).spawn(),
  "cwd": () => shell("pwd", { cwd: folder }),
  "environment, extended": () => shell("echo $A-${HOME:+home}", { env: { A: "1" } }),
  "environment, cleared": () =>
    shell("env | grep -c HOME; echo $A", { env: { A: "1" }, clearEnv: true }),
  "argv[0] is the name as given": () => shell("tr '\\0' ' ' < /proc/self/cmdline"),
  "stdin is /dev/null": () => shell("readlink /proc/self/fd/0"),
  "no descriptors are inherited": () => shell("ls /proc/self/fd | wc -l"),
  "no signals are blocked or ignored": () =>
    shell("grep -E 'Sig(Blk|Pnd)' /proc/self/status; trap '' PIPE; true"),
  "SIGPIPE has its default action": () => shell("(sleep 0.05; yes) | head -n 1; echo done"),
  "detached: own session": async () => {
    const child = spawnShell("ps -o sid= -p $$", { detached: true, stdout: "piped" });
    const text = await readAll(child.stdout);
    await child.status;
    return Number(text) === child.pid;
  },
  "not detached: the parent's session": async () => {
    const child = spawnShell("ps -o sid= -p $$", { stdout: "piped" });
    const text = await readAll(child.stdout);
    await child.status;
    return Number(text) === child.pid;
  },
  "uid and gid": () => Deno.uid() === 0 ? shell("id", { uid: 65534, gid: 65534 }) : "not root",
  "status, awaited twice": async () => {
    const child = spawnShell("exit 4");
    return [await child.status, await child.status];
  },
  "kill": async () => {
    const child = spawnShell("exec sleep 60");
    child.kill("SIGINT");
    return await child.status;
  },
  "kill: default signal": async () => {
    const child = spawnShell("exec sleep 60");
    child.kill();
    return await child.status;
  },
  "kill: exited": async () => {
    const child = spawnShell("true");
    await child.status;
    child.kill();
  },
  "kill: process group": async () => {
    const child = spawnShell("sleep 60 & sleep 60", { detached: true });
    Deno.kill(-child.pid, "SIGKILL");
    return await child.status;
  },
  "abort signal kills": async () => {
    const aborting = new AbortController();
    const child = spawnShell("exec sleep 60", { signal: aborting.signal });
    aborting.abort();
    return await child.status;
  },
  "stdout: not piped": () => {
    const child = spawnShell("true");
    return child.stdout;
  },
  "read stdout and stderr": async () => {
    const child = spawnShell("echo out; echo err >&2", { stdout: "piped", stderr: "piped" });
    return await Promise.all([readAll(child.stdout), readAll(child.stderr), child.status]);
  },
  "read stdout in chunks": async () => {
    const child = spawnShell("echo a; read x; echo b", { stdout: "piped", stdin: "null" });
    return [await readAll(child.stdout), (await child.status).success];
  },
  "getReader: locked": async () => {
    const child = spawnShell("true", { stdout: "piped" });
    child.stdout.getReader();
    await child.status;
    return child.stdout.getReader();
  },
  "getReader after releaseLock": async () => {
    const child = spawnShell("echo x", { stdout: "piped" });
    child.stdout.getReader().releaseLock();
    return [child.stdout.locked, await readAll(child.stdout), (await child.status).code];
  },
  "cancel during a read": async () => {
    const child = spawnShell("exec sleep 60", { stdout: "piped" });
    const reader = child.stdout.getReader();
    const reading = reader.read();
    await reader.cancel();
    child.kill();
    await child.status;
    return [await reading, await reader.read()];
  },
  "read stdout after the exit": async () => {
    const child = spawnShell("echo early", { stdout: "piped" });
    await child.status;
    return await readAll(child.stdout);
  },
  "40 children at once": async () => {
    const codes = Array.from({ length: 40 }, (_, i) => spawnShell(`exit ${i}`).status);
    return (await Promise.all(codes)).map(({ code }) => code);
  },
  "Deno.kill: no such process": () => Deno.kill(4_190_000, "SIGTERM"),
  "Deno.kill: no such group": () => Deno.kill(-4_190_000, "SIGTERM"),
  "Deno.kill: no such signal": () => Deno.kill(Deno.pid, "SIGNONE" as Deno.Signal),
  "an orphan is not reaped by the child's status": async () => {
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
