/** The classes of `Deno.errors`, and the class, code and message of each errno. */

const names = [
  "NotFound",
  "PermissionDenied",
  "ConnectionRefused",
  "ConnectionReset",
  "ConnectionAborted",
  "NotConnected",
  "AddrInUse",
  "AddrNotAvailable",
  "BrokenPipe",
  "AlreadyExists",
  "InvalidData",
  "TimedOut",
  "Interrupted",
  "WriteZero",
  "WouldBlock",
  "UnexpectedEof",
  "BadResource",
  "Http",
  "Busy",
  "NotSupported",
  "FilesystemLoop",
  "IsADirectory",
  "NetworkUnreachable",
  "NotADirectory",
  "NotCapable",
] as const;

type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;
type Errors = Record<typeof names[number], ErrorClass>;

/** Each is created at its first use: creating all of them took a twentieth of a start that needs none. */
export const errors = new Proxy<Partial<Errors>>(
  Object.fromEntries(names.map((name) => [name, undefined])),
  {
    get(classes, name) {
      if (!Object.hasOwn(classes, name)) return undefined;
      return classes[name as keyof Errors] ??= makeErrorClass(name as keyof Errors);
    },
  },
) as Errors;

function makeErrorClass(name: string): ErrorClass {
  const named = class extends Error {
    override readonly name = name;
  };
  Object.defineProperty(named, "name", { value: name });
  return named;
}

export const EINTR = 4;
export const EAGAIN = 11;
export const EINVAL = 22;
export const EOPNOTSUPP = 95;
export const ENOENT = 2;
export const EEXIST = 17;
export const ESRCH = 3;

type ErrorName = keyof Errors | "Error" | "TypeError";

/** Deno gives no code to an errno that libuv has no name for. */
const makeTable = (): Record<
  number,
  [code: string | undefined, name: ErrorName, text: string]
> => ({
  1: ["EPERM", "PermissionDenied", "Operation not permitted"],
  [ENOENT]: ["ENOENT", "NotFound", "No such file or directory"],
  [ESRCH]: ["ESRCH", "Error", "No such process"],
  [EINTR]: ["EINTR", "Interrupted", "Interrupted system call"],
  5: ["EIO", "Error", "Input/output error"],
  6: ["ENXIO", "Error", "No such device or address"],
  7: ["E2BIG", "Error", "Argument list too long"],
  8: [undefined, "Error", "Exec format error"],
  9: ["EBADF", "Error", "Bad file descriptor"],
  10: [undefined, "Error", "No child processes"],
  [EAGAIN]: ["EAGAIN", "WouldBlock", "Resource temporarily unavailable"],
  12: ["ENOMEM", "Error", "Cannot allocate memory"],
  13: ["EACCES", "PermissionDenied", "Permission denied"],
  16: ["EBUSY", "Busy", "Device or resource busy"],
  [EEXIST]: ["EEXIST", "AlreadyExists", "File exists"],
  18: ["EXDEV", "Error", "Invalid cross-device link"],
  19: ["ENODEV", "Error", "No such device"],
  20: ["ENOTDIR", "NotADirectory", "Not a directory"],
  21: ["EISDIR", "IsADirectory", "Is a directory"],
  [EINVAL]: ["EINVAL", "TypeError", "Invalid argument"],
  23: ["ENFILE", "Error", "Too many open files in system"],
  24: ["EMFILE", "Error", "Too many open files"],
  25: [undefined, "Error", "Inappropriate ioctl for device"],
  26: ["ETXTBSY", "Busy", "Text file busy"],
  27: ["EFBIG", "Error", "File too large"],
  28: ["ENOSPC", "Error", "No space left on device"],
  29: ["ESPIPE", "Error", "Illegal seek"],
  30: ["EROFS", "Error", "Read-only file system"],
  32: ["EPIPE", "BrokenPipe", "Broken pipe"],
  36: ["ENAMETOOLONG", "Error", "File name too long"],
  38: ["ENOSYS", "Error", "Function not implemented"],
  39: ["ENOTEMPTY", "Error", "Directory not empty"],
  40: ["ELOOP", "FilesystemLoop", "Too many levels of symbolic links"],
  [EOPNOTSUPP]: ["EOPNOTSUPP", "Error", "Operation not supported"],
  97: ["EAFNOSUPPORT", "Error", "Address family not supported by protocol"],
  98: ["EADDRINUSE", "AddrInUse", "Address already in use"],
  99: ["EADDRNOTAVAIL", "AddrNotAvailable", "Cannot assign requested address"],
  101: ["ENETUNREACH", "NetworkUnreachable", "Network is unreachable"],
  103: ["ECONNABORTED", "ConnectionAborted", "Software caused connection abort"],
  104: ["ECONNRESET", "ConnectionReset", "Connection reset by peer"],
  107: ["ENOTCONN", "NotConnected", "Transport endpoint is not connected"],
  110: ["ETIMEDOUT", "TimedOut", "Connection timed out"],
  111: ["ECONNREFUSED", "ConnectionRefused", "Connection refused"],
  113: ["EHOSTUNREACH", "Error", "No route to host"],
});

let table: ReturnType<typeof makeTable> | undefined;

function classOf(name: ErrorName): ErrorClass {
  if (name === "Error") return Error;
  return name === "TypeError" ? TypeError : errors[name];
}

/** @param where the failed call, which Deno appends to the message: "stat '/x'" */
export function systemError(errno: number, where = "", prefix = ""): Error {
  table ??= makeTable();
  const [code, name, text] = table[errno] ?? [undefined, "Error", "Unknown error"];
  const message = `${prefix}${text} (os error ${errno})${where && `: ${where}`}`;
  const error = new (classOf(name))(message);
  return code ? withCode(error, code) : error;
}

export function withCode<E extends Error>(error: E, code: string): E & { code: string } {
  return Object.assign(error, { code });
}

/** Returns the result of a host call, or throws if it is -errno. */
export function unwrap<T>(result: T | number, where?: string): T {
  if (typeof result === "number" && result < 0) throw systemError(-result, where);
  return result as T;
}
