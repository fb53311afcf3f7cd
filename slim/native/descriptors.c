/* Reads and writes open descriptors without blocking the loop; opens sockets and pipes; queries
 * terminals. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "host.h"

static HOST_FUNCTION(host_read) {
  size_t length;
  uint8_t *bytes = view_bytes(ctx, argv[1], &length);
  int fd = to_int(ctx, argv[0]);
  return js_result(ctx, UNINTERRUPTED(read(fd, bytes, length)));
}

/* One read of at most 64 kB into an array of exactly that size; 0 at the end, or -errno. */
static HOST_FUNCTION(host_read_chunk) {
  static uint8_t chunk[64 * 1024];
  int fd = to_int(ctx, argv[0]);
  ssize_t size = UNINTERRUPTED(read(fd, chunk, sizeof chunk));
  return size > 0 ? new_bytes(ctx, chunk, (size_t)size) : js_result(ctx, size);
}

/* How to write without blocking to a descriptor whose open file description other processes share:
 * O_NONBLOCK is a flag of the description, so setting it would change theirs too.
 * slim/shim/descriptor.ts repeats these numbers. */
enum write_mode { PLAIN, SEND, NOWAIT, SMALL };

/* The least that write() takes without blocking after poll() reported POLLOUT. A pipe guarantees
 * PIPE_BUF bytes; a terminal guarantees only one. */
static size_t guaranteed_room(int fd) { return isatty(fd) ? 1 : PIPE_BUF; }

static ssize_t write_with_mode(int fd, enum write_mode mode, const uint8_t *bytes, size_t length) {
  struct iovec vector = {(void *)(uintptr_t)bytes, length};
  switch (mode) {
    case SEND: return send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    /* By number, because musl in Debian 12 lacks pwritev2. Offset -1: the current position. */
    case NOWAIT: return syscall(SYS_pwritev2, fd, &vector, 1, -1L, -1L, 8L /* RWF_NOWAIT */);
    case SMALL:
      return write(fd, bytes, length < guaranteed_room(fd) ? length : guaranteed_room(fd));
    case PLAIN: break;
  }
  return write(fd, bytes, length);
}

/* write(fd, mode, bytes, start) */
static HOST_FUNCTION(host_write) {
  size_t length;
  const uint8_t *bytes = view_bytes(ctx, argv[2], &length);
  size_t start = (size_t)to_int64(ctx, argv[3]);
  if (start >= length) return JS_NewInt32(ctx, 0);
  enum write_mode mode = (enum write_mode)to_int(ctx, argv[1]);
  int fd = to_int(ctx, argv[0]);
  return js_result(ctx, UNINTERRUPTED(write_with_mode(fd, mode, bytes + start, length - start)));
}

/* Blocks the loop; only for synchronous writes. */
static HOST_FUNCTION(host_wait_until_writable) {
  struct pollfd polled = {.fd = to_int(ctx, argv[0]), .events = POLLOUT};
  poll(&polled, 1, -1);
  return JS_UNDEFINED;
}

/* [descriptor, write mode] for an inherited descriptor. */
static HOST_FUNCTION(host_open_output) {
  int fd = to_int(ctx, argv[0]);
  enum write_mode mode = PLAIN;
  struct stat info = {0};
  if (fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode)) mode = SEND;
  if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)) {
    /* Reopening makes a description of our own, which may be non-blocking. The kernel refuses it if
     * another user created the pipe. */
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = UNINTERRUPTED(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (own >= 0) fd = own;
    else mode = NOWAIT;
  }
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, fd));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, mode));
  return pair;
}

static HOST_FUNCTION(host_close) { return js_result(ctx, close(to_int(ctx, argv[0]))); }

/* [reader, non-blocking; writer, blocking, as children expect], or -errno */
static HOST_FUNCTION(host_pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return js_result(ctx, -1);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  JSValue pair = JS_NewArray(ctx);
  for (uint32_t i = 0; i < 2; i++) {
    JS_SetPropertyUint32(ctx, pair, i, JS_NewInt32(ctx, ends[i]));
  }
  return pair;
}

static int64_t connect_to(int family, const struct sockaddr *address, socklen_t size) {
  int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, address, size) == 0 || errno == EINPROGRESS) return fd;
  int failure = errno;
  close(fd);
  errno = failure;
  return -1;
}

static HOST_FUNCTION(host_connect_unix) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = to_path(ctx, argv[0]);
  size_t length = path ? strlen(path) : sizeof address.sun_path;
  if (length >= sizeof address.sun_path) {
    JS_FreeCString(ctx, path);
    return JS_NewInt32(ctx, -EINVAL);
  }
  memcpy(address.sun_path, path, length);
  JS_FreeCString(ctx, path);
  return js_result(ctx, connect_to(AF_UNIX, (struct sockaddr *)&address, sizeof address));
}

/* Connected once it is writable and `socketError` is 0. -EAFNOSUPPORT unless the address is
 * numeric. */
static HOST_FUNCTION(host_connect_tcp) {
  const char *host = to_path(ctx, argv[0]);
  in_port_t port = htons((uint16_t)to_int(ctx, argv[1]));
  struct sockaddr_in ip4 = {.sin_family = AF_INET, .sin_port = port};
  struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6, .sin6_port = port};
  int64_t fd = -1;
  errno = EAFNOSUPPORT;
  if (host && inet_pton(AF_INET, host, &ip4.sin_addr) == 1) {
    fd = connect_to(AF_INET, (struct sockaddr *)&ip4, sizeof ip4);
  } else if (host && inet_pton(AF_INET6, host, &ip6.sin6_addr) == 1) {
    fd = connect_to(AF_INET6, (struct sockaddr *)&ip6, sizeof ip6);
  }
  JSValue result = js_result(ctx, fd);
  JS_FreeCString(ctx, host);
  return result;
}

/* The errno of the pending connect; 0 if it succeeded. */
static HOST_FUNCTION(host_socket_error) {
  int failure = 0;
  socklen_t size = sizeof failure;
  getsockopt(to_int(ctx, argv[0]), SOL_SOCKET, SO_ERROR, &failure, &size);
  return JS_NewInt32(ctx, failure);
}

static HOST_FUNCTION(host_is_terminal) { return JS_NewBool(ctx, isatty(to_int(ctx, argv[0]))); }

/* [columns, rows], or -errno */
static HOST_FUNCTION(host_terminal_size) {
  struct winsize size;
  if (ioctl(to_int(ctx, argv[0]), TIOCGWINSZ, &size) != 0) return js_result(ctx, -1);
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, size.ws_col));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, size.ws_row));
  return pair;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("read", 2, host_read),
    JS_CFUNC_DEF("readChunk", 1, host_read_chunk),
    JS_CFUNC_DEF("write", 4, host_write),
    JS_CFUNC_DEF("waitUntilWritable", 1, host_wait_until_writable),
    JS_CFUNC_DEF("openOutput", 1, host_open_output),
    JS_CFUNC_DEF("close", 1, host_close),
    JS_CFUNC_DEF("pipe", 0, host_pipe),
    JS_CFUNC_DEF("connectUnix", 1, host_connect_unix),
    JS_CFUNC_DEF("connectTcp", 2, host_connect_tcp),
    JS_CFUNC_DEF("socketError", 1, host_socket_error),
    JS_CFUNC_DEF("isTerminal", 1, host_is_terminal),
    JS_CFUNC_DEF("terminalSize", 1, host_terminal_size),
};

void add_descriptor_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
