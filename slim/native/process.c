/* Children: fork and exec, and a wait for each by its pid. Whoever else ends up as a child is not
 * touched. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

struct order {
  const char *path, *cwd;
  char **argv, **envp;
  int fds[3];
  int uid, gid, death_signal;
  bool is_detached;
};

static void reset_signals(void) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool change_user(int uid, int gid) {
  if (uid >= 0 && geteuid() == 0 && setgroups(0, NULL) != 0) return false;
  if (gid >= 0 && setgid((gid_t)gid) != 0) return false;
  return uid < 0 || setuid((uid_t)uid) == 0;
}

static void become(const struct order *order, pid_t parent) {
  if (order->is_detached) setsid();
  for (int i = 0; i < 3; i++) {
    if (order->fds[i] != i && dup2(order->fds[i], i) < 0) return;
  }
  if (!change_user(order->uid, order->gid)) return;
  if (order->death_signal) {
    /* A change of user clears it, so it comes after that. The parent may be gone by then. */
    if (prctl(PR_SET_PDEATHSIG, order->death_signal) != 0) return;
    if (getppid() != parent) raise(order->death_signal);
  }
  if (order->cwd && chdir(order->cwd) != 0) return;
  execve(order->path, order->argv, order->envp);
}

/* The child's pid, or -1 with the errno that it met on its way to exec. The child borrows our
   memory until then, which spares a copy of all page tables; and our handlers are not its own, so
   no signal of ours runs in it. */
static pid_t start(const struct order *order) {
  want_signal(SIGCHLD, true);
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  volatile int failure = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    reset_signals();
    become(order, parent);
    failure = errno;
    _exit(127);
  }
  if (pid < 0) failure = errno;
  else if (failure) waitpid(pid, NULL, 0);
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return failure ? -1 : pid;
}

/* spawn(path, argv, envp, cwd | null, [stdin, stdout, stderr], detached, uid, gid, deathSignal); -1
 * and 0 for none */
static HOST_FUNCTION(host_spawn) {
  struct order order = {
      .path = path_of(ctx, argv[0]),
      .argv = strings_of(ctx, argv[1]),
      .envp = strings_of(ctx, argv[2]),
      .cwd = JS_IsString(argv[3]) ? path_of(ctx, argv[3]) : NULL,
      .is_detached = JS_ToBool(ctx, argv[5]),
      .uid = int_of(ctx, argv[6]),
      .gid = int_of(ctx, argv[7]),
      .death_signal = int_of(ctx, argv[8]),
  };
  for (uint32_t i = 0; i < 3; i++) {
    JSValue fd = JS_GetPropertyUint32(ctx, argv[4], i);
    order.fds[i] = int_of(ctx, fd);
    JS_FreeValue(ctx, fd);
  }
  errno = EINVAL;
  bool is_whole = order.path && order.argv && order.envp && (order.cwd || !JS_IsString(argv[3]));
  JSValue pid = outcome(ctx, is_whole ? start(&order) : -1);
  JS_FreeCString(ctx, order.path);
  JS_FreeCString(ctx, order.cwd);
  free_strings(ctx, order.argv);
  free_strings(ctx, order.envp);
  return pid;
}

static struct child {
  pid_t pid;
  JSValue function;
} * children;
static size_t child_count, child_room;

bool has_children(void) { return child_count > 0; }

/* Calls function(exit code, signal) when the child has ended; one of the two is 0. */
static HOST_FUNCTION(host_on_end) {
  if (child_count == child_room) {
    child_room += 8;
    children = realloc(children, child_room * sizeof *children);
    if (!children) abort();
  }
  children[child_count++] = (struct child){int_of(ctx, argv[0]), JS_DupValue(ctx, argv[1])};
  return JS_UNDEFINED;
}

/* One SIGCHLD may stand for several ends, and callbacks may start and end children, so all are
 * looked at. */
void reap_children(JSContext *ctx) {
  for (size_t i = 0; i < child_count;) {
    int status = 0;
    pid_t pid = waitpid(children[i].pid, &status, WNOHANG);
    if (pid == 0) {
      i++;
      continue;
    }
    JSValue function = children[i].function;
    children[i] = children[--child_count];
    /* Reaped by somebody else: how it ended is not known, and must not look like success. */
    bool is_known = pid > 0;
    int code = is_known ? (WIFEXITED(status) ? WEXITSTATUS(status) : 0) : 1;
    int by = is_known && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    JSValue arguments[2] = {JS_NewInt32(ctx, code), JS_NewInt32(ctx, by)};
    call_back(ctx, function, 2, arguments);
    JS_FreeValue(ctx, function);
  }
}

void close_processes(JSContext *ctx) {
  while (child_count) JS_FreeValue(ctx, children[--child_count].function);
  free(children);
}

static HOST_FUNCTION(host_kill) {
  return outcome(ctx, kill(int_of(ctx, argv[0]), int_of(ctx, argv[1])));
}

static HOST_FUNCTION(host_pid) { return JS_NewInt32(ctx, getpid()); }
static HOST_FUNCTION(host_uid) { return JS_NewInt32(ctx, (int)getuid()); }
static HOST_FUNCTION(host_gid) { return JS_NewInt32(ctx, (int)getgid()); }

/* By the affinity mask. */
static HOST_FUNCTION(host_cpus) { return JS_NewInt32(ctx, (int)sysconf(_SC_NPROCESSORS_ONLN)); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("spawn", 9, host_spawn), JS_CFUNC_DEF("onEnd", 2, host_on_end),
    JS_CFUNC_DEF("kill", 2, host_kill),   JS_CFUNC_DEF("pid", 0, host_pid),
    JS_CFUNC_DEF("uid", 0, host_uid),     JS_CFUNC_DEF("gid", 0, host_gid),
    JS_CFUNC_DEF("cpus", 0, host_cpus),
};

void add_process_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
