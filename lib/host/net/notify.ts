/** Tells the service manager that the pair is ready or stopping: systemd by datagram, s6 by a newline. */

import { environmentVariable } from "../system/environment.ts";
import { cString, libc } from "../system/libc.ts";
import { setCloseOnExec } from "../system/limits.ts";

export interface Notifier {
  ready(): void;
  stopping(): void;
}

const AF_UNIX = 1;
/** With SOCK_CLOEXEC, so that no child inherits it. */
const SOCK_DGRAM = 2 | 0o2000000;
const MSG_DONTWAIT = 0x40;

/**
 * Call it before the first child is started, which withholds NOTIFY_SOCKET from all of them.
 * @param notificationFd the descriptor that s6 reads; `undefined` if there is none
 */
export function openNotifier(notificationFd: number | undefined): Notifier {
  if (notificationFd !== undefined) setCloseOnExec(notificationFd);
  const systemd = environmentVariable("NOTIFY_SOCKET");
  return {
    ready() {
      if (systemd) sendDatagram(systemd, "READY=1");
      if (notificationFd === undefined) return;
      libc().write(notificationFd, new TextEncoder().encode("\n"), 1n);
      libc().close(notificationFd);
      notificationFd = undefined;
    },
    stopping() {
      if (systemd) sendDatagram(systemd, "STOPPING=1");
    },
  };
}

/** Errors are ignored: without a reader tandem still serves. */
function sendDatagram(path: string, text: string): void {
  const socket = libc().socket(AF_UNIX, SOCK_DGRAM, 0);
  if (socket < 0) return;
  const message = new TextEncoder().encode(text);
  const address = unixAddress(path);
  libc().sendto(socket, message, BigInt(message.length), MSG_DONTWAIT, address, address.length);
  libc().close(socket);
}

/** A `sockaddr_un`, no longer than its path; a leading @ stands for the NUL of an abstract address (sd_notify(3)). */
function unixAddress(path: string): Uint8Array<ArrayBuffer> {
  const isAbstract = path.startsWith("@");
  const name = isAbstract ? new TextEncoder().encode(`\0${path.slice(1)}`) : cString(path);
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}
