/** A virtual machine without KVM, which boots a root file system once and ends by itself. */

export const QEMU = "qemu-system-x86_64";

/** Of Debian's package, in a root that has it. */
const KERNEL = "/vmlinuz";
const INITIAL_ROOT = "/initrd.img";

/** Both editions take three minutes on two busy cores. */
const BOUND_MS = 20 * 60_000;

/** Room for what the machine writes, beside the 0.5 GB of a root with a kernel and both editions. */
const DISK = "1500M";

/** Two CPUs, so that a quota makes a difference. `-cpu max` has every instruction that the emulator knows. */
const MACHINE = [
  ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2G"],
  ...["-nographic", "-monitor", "none", "-nic", "none", "-no-reboot"],
];

/** A panic ends the machine. */
const COMMAND_LINE = "root=/dev/vda rw console=ttyS0 panic=-1 " +
  "systemd.unified_cgroup_hierarchy=1 systemd.default_timeout_start_sec=600 systemd.show_status=1";

/**
 * @param root with a kernel and systemd; it stays as it is
 * @param layer a folder with the files that lie over those of the root
 * @returns what the machine wrote to its second serial port
 * @throws {Error} with the end of the console's text if the machine does not power off
 */
export async function bootOnce(root: string, layer: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tandem-machine-" });
  try {
    const [disk, console, report] = ["disk", "console", "report"].map((name) =>
      `${folder}/${name}`
    );
    await makeDisk(disk!, root, layer);
    await runToEnd([
      // The machine ends with this process.
      ...["setpriv", "--pdeathsig", "KILL", QEMU],
      ...MACHINE,
      ...["-kernel", root + KERNEL, "-initrd", root + INITIAL_ROOT, "-append", COMMAND_LINE],
      ...["-drive", `file=${disk},format=raw,if=virtio,cache=unsafe`],
      ...["-serial", `file:${console}`, "-serial", `file:${report}`],
    ]).catch(async (error: Error) => {
      const text = await Deno.readTextFile(console!).catch(() => "");
      throw new Error(`${error.message}\n${text.slice(-4000)}`);
    });
    return await Deno.readTextFile(report!);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The two folders are the layers of an overlay, which is mounted for this process alone. */
const MAKE_DISK = `cd "$1"
mount -t overlay overlay -o "lowerdir=$2:." mnt
exec mke2fs -q -t ext4 -d mnt "$3" ${DISK}`;

async function makeDisk(path: string, root: string, layer: string): Promise<void> {
  await runToEnd(["unshare", "--mount", "sh", "-ec", MAKE_DISK, "sh", root, layer, path]);
}

async function runToEnd([command = "", ...args]: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "null",
    signal: AbortSignal.timeout(BOUND_MS),
  }).output();
  const errors = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`${command} exited with ${code}: ${errors}`);
}
