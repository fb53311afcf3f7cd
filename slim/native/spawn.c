/* Starts children. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

struct spawn_request {
  const char *path, *cwd;
  char **argv, **envp;
  int fds[3];
  int64_t uid, gid; /* of 32 bits without a sign; -1 for none */
  int death_signal;
  bool is_detached, is_guarded;
};

static void reset_handlers(void) {
  for (int number = 1; number < NSIG; number++) set_signal_action(number, NULL);
}

static bool change_user(int64_t uid, int64_t gid) {
  if (uid >= 0 && geteuid() == 0 && setgroups(0, NULL) != 0) return false;
  if (gid >= 0 && setgid((gid_t)gid) != 0) return false;
  return uid < 0 || setuid((uid_t)uid) == 0;
}

static void exec_child(const struct spawn_request *request, pid_t parent) {
  reset_handlers();
  /* Before signals are unblocked: a Ctrl-C is for the group of tandem. */
  if (request->is_detached && setsid() < 0) return;
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
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(request->path, request->argv, request->envp);
}

/* The errno that the child reported; 0 once execve has closed its end of the pipe. */
static int read_failure(int report) {
  int failure = 0;
  return UNINTERRUPTED(read(report, &failure, sizeof failure)) > 0 ? failure : 0;
}

/* Returns the pid, or -1 with the child's errno if anything up to execve failed. vfork saves
 * copying the page tables, but is fork on arm64 and under emulators, so the errno comes through a
 * pipe and not through memory. After vfork the child runs in our memory, so all signals are blocked
 * until its handlers are reset. */
static pid_t spawn_process(const struct spawn_request *request) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  enable_signal(SIGCHLD, true);
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t pid = vfork();
  if (pid == 0) {
    exec_child(request, parent);
    int failure = errno;
    if (write(report[1], &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
  }
  int failure = pid < 0 ? errno : 0;
  close(report[1]);
  if (pid > 0) failure = read_failure(report[0]);
  close(report[0]);
  if (pid > 0 && failure) UNINTERRUPTED(waitpid(pid, NULL, 0));
  if (pid > 0 && !failure && request->is_guarded) guard_group(pid, request->death_signal);
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return failure ? -1 : pid;
}

/* spawn(path, argv, extra environment, whether that is all of it, cwd | null,
 * [stdin, stdout, stderr], detached, uid, gid, deathSignal); uid and gid -1 and deathSignal 0 mean
 * none */
static HOST_FUNCTION(host_spawn) {
  char **extra = to_strings(ctx, argv[2]);
  char **extended = extra && !JS_ToBool(ctx, argv[3]) ? extend_environment(ctx, extra) : NULL;
  struct spawn_request request = {
      .path = to_path(ctx, argv[0]),
      .argv = to_strings(ctx, argv[1]),
      .envp = extended ? extended : extra,
      .cwd = JS_IsString(argv[4]) ? to_path(ctx, argv[4]) : NULL,
      .is_detached = JS_ToBool(ctx, argv[6]),
      .uid = to_int64(ctx, argv[7]),
      .gid = to_int64(ctx, argv[8]),
      .death_signal = to_int(ctx, argv[9]),
  };
  for (uint32_t i = 0; i < 3; i++) {
    JSValue fd = JS_GetPropertyUint32(ctx, argv[5], i);
    request.fds[i] = to_int(ctx, fd);
    JS_FreeValue(ctx, fd);
  }
  /* A short command, which SIGKILL ends, is gone soon anyway. */
  request.is_guarded =
      request.is_detached && request.death_signal && request.death_signal != SIGKILL;
  errno = EINVAL;
  bool is_complete =
      request.path && request.argv && request.envp && (request.cwd || !JS_IsString(argv[4]));
  JSValue pid = js_result(ctx, is_complete ? spawn_process(&request) : -1);
  JS_FreeCString(ctx, request.path);
  JS_FreeCString(ctx, request.cwd);
  free_strings(ctx, request.argv);
  free_strings(ctx, extra);
  js_free(ctx, extended);
  return pid;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("spawn", 10, host_spawn),
};

void add_spawn_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
