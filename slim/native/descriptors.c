/* Open descriptors: reads and writes that never hold up the loop, sockets, pipes, terminals. */

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
  uint8_t *bytes = bytes_of(ctx, argv[1], &length);
  return outcome(ctx, read(int_of(ctx, argv[0]), bytes, length));
}

/* As many bytes as there are, up to 64 kB, in an array of just that size; or a number, as `read`
 * gives it. */
static HOST_FUNCTION(host_read_chunk) {
  static uint8_t chunk[64 * 1024];
  ssize_t size = read(int_of(ctx, argv[0]), chunk, sizeof chunk);
  return size > 0 ? new_bytes(ctx, chunk, (size_t)size) : outcome(ctx, size);
}

/* How a descriptor that others share is written to without ever waiting; their flags are not ours
 * to set. */
enum way { PLAIN, SEND, NOWAIT, SMALL };

/* How much a descriptor takes at least, where poll says that it is writable. */
static size_t room_of(int fd) { return isatty(fd) ? 1 : PIPE_BUF; }

static ssize_t write_in_a_way(int fd, enum way way, const uint8_t *bytes, size_t length) {
  struct iovec vector = {(void *)(uintptr_t)bytes, length};
  switch (way) {
    case SEND: return send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    /* By number, because musl of Debian 12 has no pwritev2. An offset of -1 is the current one. */
    case NOWAIT: return syscall(SYS_pwritev2, fd, &vector, 1, -1L, -1L, 8L /* RWF_NOWAIT */);
    case SMALL: return write(fd, bytes, length < room_of(fd) ? length : room_of(fd));
    case PLAIN: break;
  }
  return write(fd, bytes, length);
}

/* write(fd, way, bytes, from) */
static HOST_FUNCTION(host_write) {
  size_t length;
  const uint8_t *bytes = bytes_of(ctx, argv[2], &length);
  size_t from = (size_t)int_of(ctx, argv[3]);
  if (from >= length) return JS_NewInt32(ctx, 0);
  enum way way = (enum way)int_of(ctx, argv[1]);
  return outcome(ctx, write_in_a_way(int_of(ctx, argv[0]), way, bytes + from, length - from));
}

/* Blocks; for the synchronous calls. */
static HOST_FUNCTION(host_await_writable) {
  struct pollfd polled = {.fd = int_of(ctx, argv[0]), .events = POLLOUT};
  poll(&polled, 1, -1);
  return JS_UNDEFINED;
}

/* [descriptor, way] for writing to a descriptor that we were given. */
static HOST_FUNCTION(host_sink) {
  int fd = int_of(ctx, argv[0]);
  enum way way = PLAIN;
  struct stat info = {0};
  if (fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode)) way = SEND;
  if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)) {
    /* A description of our own can be non-blocking. It is refused where another user made the pipe.
     */
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (own >= 0) fd = own;
    else way = NOWAIT;
  }
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, fd));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, way));
  return pair;
}

static HOST_FUNCTION(host_close) { return outcome(ctx, close(int_of(ctx, argv[0]))); }

/* [end to read, not blocking; end to write, as a child expects it], or a negative errno */
static HOST_FUNCTION(host_pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return outcome(ctx, -1);
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
  const char *path = path_of(ctx, argv[0]);
  size_t length = path ? strlen(path) : sizeof address.sun_path;
  if (length >= sizeof address.sun_path) {
    JS_FreeCString(ctx, path);
    return JS_NewInt32(ctx, -EINVAL);
  }
  memcpy(address.sun_path, path, length);
  JS_FreeCString(ctx, path);
  return outcome(ctx, connect_to(AF_UNIX, (struct sockaddr *)&address, sizeof address));
}

/* Connected when it is writable and `socketError` is 0; EAFNOSUPPORT for what is no numeric
 * address. */
static HOST_FUNCTION(host_connect_tcp) {
  const char *host = path_of(ctx, argv[0]);
  in_port_t port = htons((uint16_t)int_of(ctx, argv[1]));
  struct sockaddr_in ip4 = {.sin_family = AF_INET, .sin_port = port};
  struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6, .sin6_port = port};
  int64_t fd = -1;
  errno = EAFNOSUPPORT;
  if (host && inet_pton(AF_INET, host, &ip4.sin_addr) == 1) {
    fd = connect_to(AF_INET, (struct sockaddr *)&ip4, sizeof ip4);
  } else if (host && inet_pton(AF_INET6, host, &ip6.sin6_addr) == 1) {
    fd = connect_to(AF_INET6, (struct sockaddr *)&ip6, sizeof ip6);
  }
  JSValue answer = outcome(ctx, fd);
  JS_FreeCString(ctx, host);
  return answer;
}

/* The errno that an attempt to connect came to; 0 for success. */
static HOST_FUNCTION(host_socket_error) {
  int failure = 0;
  socklen_t size = sizeof failure;
  getsockopt(int_of(ctx, argv[0]), SOL_SOCKET, SO_ERROR, &failure, &size);
  return JS_NewInt32(ctx, failure);
}

static HOST_FUNCTION(host_is_terminal) { return JS_NewBool(ctx, isatty(int_of(ctx, argv[0]))); }

/* [columns, rows], or a negative errno */
static HOST_FUNCTION(host_terminal_size) {
  struct winsize size;
  if (ioctl(int_of(ctx, argv[0]), TIOCGWINSZ, &size) != 0) return outcome(ctx, -1);
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, size.ws_col));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, size.ws_row));
  return pair;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("read", 2, host_read),
    JS_CFUNC_DEF("readChunk", 1, host_read_chunk),
    JS_CFUNC_DEF("write", 4, host_write),
    JS_CFUNC_DEF("awaitWritable", 1, host_await_writable),
    JS_CFUNC_DEF("sink", 1, host_sink),
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
