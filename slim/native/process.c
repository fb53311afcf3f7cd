/* Starts children, and waits for each by pid, so that the statuses of adopted orphans are left for
 * lib/. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

struct spawn_request {
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

static void exec_child(const struct spawn_request *request, pid_t parent) {
  if (request->is_detached) setsid();
  for (int i = 0; i < 3; i++) {
    if (request->fds[i] != i && dup2(request->fds[i], i) < 0) return;
  }
  if (!change_user(request->uid, request->gid)) return;
  if (request->death_signal) {
    /* setuid clears the death signal, so set it afterwards. If the parent died before that, no
     * signal would come. */
    if (prctl(PR_SET_PDEATHSIG, request->death_signal) != 0) return;
    if (getppid() != parent) raise(request->death_signal);
  }
  if (request->cwd && chdir(request->cwd) != 0) return;
  execve(request->path, request->argv, request->envp);
}

/* Returns the pid, or -1 with the child's errno if anything up to execve failed. vfork saves
 * copying the page tables. The child runs in our memory, so all signals are blocked until its
 * handlers are reset. */
static pid_t spawn_process(const struct spawn_request *request) {
  enable_signal(SIGCHLD, true);
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  volatile int failure = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    reset_signals();
    exec_child(request, parent);
    failure = errno;
    _exit(127);
  }
  if (pid < 0) failure = errno;
  else if (failure) waitpid(pid, NULL, 0);
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return failure ? -1 : pid;
}

/* spawn(path, argv, envp, cwd | null, [stdin, stdout, stderr], detached, uid, gid, deathSignal);
 * uid and gid -1 and deathSignal 0 mean none */
static HOST_FUNCTION(host_spawn) {
  struct spawn_request request = {
      .path = to_path(ctx, argv[0]),
      .argv = to_strings(ctx, argv[1]),
      .envp = to_strings(ctx, argv[2]),
      .cwd = JS_IsString(argv[3]) ? to_path(ctx, argv[3]) : NULL,
      .is_detached = JS_ToBool(ctx, argv[5]),
      .uid = to_int(ctx, argv[6]),
      .gid = to_int(ctx, argv[7]),
      .death_signal = to_int(ctx, argv[8]),
  };
  for (uint32_t i = 0; i < 3; i++) {
    JSValue fd = JS_GetPropertyUint32(ctx, argv[4], i);
    request.fds[i] = to_int(ctx, fd);
    JS_FreeValue(ctx, fd);
  }
  errno = EINVAL;
  bool is_complete =
      request.path && request.argv && request.envp && (request.cwd || !JS_IsString(argv[3]));
  JSValue pid = js_result(ctx, is_complete ? spawn_process(&request) : -1);
  JS_FreeCString(ctx, request.path);
  JS_FreeCString(ctx, request.cwd);
  free_strings(ctx, request.argv);
  free_strings(ctx, request.envp);
  return pid;
}

struct child {
  pid_t pid;
  JSValue function;
};

static struct child *children;
static size_t child_count, child_capacity;

bool has_children(void) { return child_count > 0; }

/* Calls function(exit code, signal) once the child has exited; one of the two is 0. */
static HOST_FUNCTION(host_on_exit) {
  if (child_count == child_capacity) {
    child_capacity += 8;
    children = realloc(children, child_capacity * sizeof *children);
    if (!children) abort();
  }
  children[child_count++] = (struct child){to_int(ctx, argv[0]), JS_DupValue(ctx, argv[1])};
  return JS_UNDEFINED;
}

/* Pending SIGCHLDs merge into one, so every child is checked. Callbacks may add and remove
 * children. */
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
    /* Something else reaped it. Its status is unknown and must not look like success. */
    bool is_known = pid > 0;
    int code = is_known ? (WIFEXITED(status) ? WEXITSTATUS(status) : 0) : 1;
    int signal_number = is_known && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    JSValue arguments[2] = {JS_NewInt32(ctx, code), JS_NewInt32(ctx, signal_number)};
    run_callback(ctx, function, 2, arguments);
    JS_FreeValue(ctx, function);
  }
}

void close_processes(JSContext *ctx) {
  while (child_count) JS_FreeValue(ctx, children[--child_count].function);
  free(children);
}

static HOST_FUNCTION(host_kill) {
  return js_result(ctx, kill(to_int(ctx, argv[0]), to_int(ctx, argv[1])));
}

static HOST_FUNCTION(host_pid) { return JS_NewInt32(ctx, getpid()); }
static HOST_FUNCTION(host_uid) { return JS_NewInt32(ctx, (int)getuid()); }
static HOST_FUNCTION(host_gid) { return JS_NewInt32(ctx, (int)getgid()); }

/* Counts the affinity mask, not the machine. */
static HOST_FUNCTION(host_cpus) { return JS_NewInt32(ctx, (int)sysconf(_SC_NPROCESSORS_ONLN)); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("spawn", 9, host_spawn), JS_CFUNC_DEF("onExit", 2, host_on_exit),
    JS_CFUNC_DEF("kill", 2, host_kill),   JS_CFUNC_DEF("pid", 0, host_pid),
    JS_CFUNC_DEF("uid", 0, host_uid),     JS_CFUNC_DEF("gid", 0, host_gid),
    JS_CFUNC_DEF("cpus", 0, host_cpus),
};

void add_process_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
