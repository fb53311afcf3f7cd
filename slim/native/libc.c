/* The libc functions that `Deno.dlopen` offers. A static executable cannot load a library, so they
 * are linked in and called through a table. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

union argument {
  int64_t number;
  void *pointer;
};
typedef const union argument arguments[6];

static int i32(union argument argument) { return (int)argument.number; }
static unsigned long u64(union argument argument) { return (unsigned long)argument.number; }

static int64_t call_access(arguments a) { return access(a[0].pointer, i32(a[1])); }
static int64_t call_bind(arguments a) {
  return bind(i32(a[0]), a[1].pointer, (socklen_t)u64(a[2]));
}
static int64_t call_clock_gettime(arguments a) { return clock_gettime(i32(a[0]), a[1].pointer); }
static int64_t call_close(arguments a) { return close(i32(a[0])); }
static int64_t call_epoll_create1(arguments a) { return epoll_create1(i32(a[0])); }
static int64_t call_epoll_ctl(arguments a) {
  return epoll_ctl(i32(a[0]), i32(a[1]), i32(a[2]), a[3].pointer);
}
static int64_t call_epoll_wait(arguments a) {
  return epoll_wait(i32(a[0]), a[1].pointer, i32(a[2]), i32(a[3]));
}
static int64_t call_fcntl(arguments a) { return fcntl(i32(a[0]), i32(a[1]), i32(a[2])); }
static int64_t call_flock(arguments a) { return flock(i32(a[0]), i32(a[1])); }
static int64_t call_getrlimit(arguments a) { return getrlimit(i32(a[0]), a[1].pointer); }
#ifdef __GLIBC__
typedef unsigned long ioctl_request;
#else
typedef int ioctl_request;
#endif
static int64_t call_ioctl(arguments a) {
  return ioctl(i32(a[0]), (ioctl_request)u64(a[1]), a[2].pointer);
}
static int64_t call_kill(arguments a) { return kill(i32(a[0]), i32(a[1])); }
static int64_t call_madvise(arguments a) { return madvise(a[0].pointer, u64(a[1]), i32(a[2])); }
static int64_t call_open(arguments a) { return open(a[0].pointer, i32(a[1]), (mode_t)u64(a[2])); }
static int64_t call_prctl(arguments a) {
  return prctl(i32(a[0]), u64(a[1]), u64(a[2]), u64(a[3]), u64(a[4]));
}
static int64_t call_sigprocmask(arguments a) {
  return sigprocmask(i32(a[0]), a[1].pointer, a[2].pointer);
}
static int64_t call_sched_getaffinity(arguments a) {
  return sched_getaffinity(i32(a[0]), u64(a[1]), a[2].pointer);
}
static int64_t call_sendto(arguments a) {
  return sendto(i32(a[0]), a[1].pointer, u64(a[2]), i32(a[3]), a[4].pointer, (socklen_t)u64(a[5]));
}
static int64_t call_setrlimit(arguments a) { return setrlimit(i32(a[0]), a[1].pointer); }
static int64_t call_signal(arguments a) {
  return (int64_t)set_signal_action(i32(a[0]), a[1].pointer);
}
static int64_t call_setsockopt(arguments a) {
  return setsockopt(i32(a[0]), i32(a[1]), i32(a[2]), a[3].pointer, (socklen_t)u64(a[4]));
}
static int64_t call_socket(arguments a) { return socket(i32(a[0]), i32(a[1]), i32(a[2])); }
static int64_t call_statfs(arguments a) { return statfs(a[0].pointer, a[1].pointer); }
static int64_t call_syscall(arguments a) {
  return syscall((long)a[0].number, a[1].number, a[2].number);
}
static int64_t call_waitid(arguments a) {
  idtype_t type = (idtype_t)i32(a[0]);
  siginfo_t *info = a[2].pointer;
  int result = waitid(type, (id_t)u64(a[1]), info, i32(a[3]));
  bool found = result == 0 && info->si_pid != 0;
  /* Only if there is nothing else to reap: each look at a group walks through all its zombies. */
  if (type != P_ALL || (found && !is_guardian(info->si_pid))) return result;
  update_guardian();
  return waitid(type, (id_t)u64(a[1]), info, i32(a[3]));
}
static int64_t call_write(arguments a) { return write(i32(a[0]), a[1].pointer, u64(a[2])); }

static const struct {
  const char *name;
  int64_t (*call)(arguments);
} table[] = {
    {"access", call_access},
    {"bind", call_bind},
    {"clock_gettime", call_clock_gettime},
    {"close", call_close},
    {"epoll_create1", call_epoll_create1},
    {"epoll_ctl", call_epoll_ctl},
    {"epoll_wait", call_epoll_wait},
    {"fcntl", call_fcntl},
    {"flock", call_flock},
    {"getrlimit", call_getrlimit},
    {"ioctl", call_ioctl},
    {"kill", call_kill},
    {"madvise", call_madvise},
    {"open", call_open},
    {"prctl", call_prctl},
    {"sigprocmask", call_sigprocmask},
    {"sched_getaffinity", call_sched_getaffinity},
    {"sendto", call_sendto},
    {"setrlimit", call_setrlimit},
    {"signal", call_signal},
    {"setsockopt", call_setsockopt},
    {"socket", call_socket},
    {"statfs", call_statfs},
    {"syscall", call_syscall},
    {"waitid", call_waitid},
    {"write", call_write},
};

/* The index of a function in the table; -1 if there is none. */
static HOST_FUNCTION(host_find_symbol) {
  const char *name = JS_ToCString(ctx, argv[0]);
  int index = (int)(sizeof table / sizeof *table) - 1;
  while (index >= 0 && (!name || strcmp(table[index].name, name) != 0)) index--;
  JS_FreeCString(ctx, name);
  return JS_NewInt32(ctx, index);
}

static union argument to_argument(JSContext *ctx, JSValueConst value) {
  union argument argument = {.number = 0};
  size_t length;
  if (JS_IsBigInt(ctx, value)) JS_ToBigInt64(ctx, &argument.number, value);
  else if (JS_IsNumber(value)) JS_ToInt64(ctx, &argument.number, value);
  else argument.pointer = view_bytes(ctx, value, &length);
  return argument;
}

/* callSymbol(index, arguments): missing arguments are 0 */
static HOST_FUNCTION(host_call_symbol) {
  int index = to_int(ctx, argv[0]);
  union argument values[6];
  for (uint32_t i = 0; i < 6; i++) {
    JSValue value = JS_GetPropertyUint32(ctx, argv[1], i);
    values[i] = to_argument(ctx, value);
    JS_FreeValue(ctx, value);
  }
  return JS_NewInt64(ctx, table[index].call(values));
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("findSymbol", 1, host_find_symbol),
    JS_CFUNC_DEF("callSymbol", 2, host_call_symbol),
};

void add_libc_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
