/* Waits for each child by its pid, so that the statuses of adopted orphans are left for lib/. */

#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

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
    children = resize_memory(children, child_capacity * sizeof *children);
  }
  children[child_count++] = (struct child){to_int(ctx, argv[0]), JS_DupValue(ctx, argv[1])};
  return JS_UNDEFINED;
}

/* Pending SIGCHLDs merge into one, so every child is checked. Callbacks may add and remove
 * children. */
void reap_children(JSContext *ctx) {
  for (size_t i = 0; i < child_count;) {
    int status = 0;
    pid_t pid = UNINTERRUPTED(waitpid(children[i].pid, &status, WNOHANG));
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
static HOST_FUNCTION(host_uid) { return JS_NewInt64(ctx, getuid()); }
static HOST_FUNCTION(host_gid) { return JS_NewInt64(ctx, getgid()); }

/* Counts the affinity mask, not the machine. */
static HOST_FUNCTION(host_cpus) { return JS_NewInt32(ctx, (int)sysconf(_SC_NPROCESSORS_ONLN)); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("onExit", 2, host_on_exit), JS_CFUNC_DEF("kill", 2, host_kill),
    JS_CFUNC_DEF("pid", 0, host_pid),        JS_CFUNC_DEF("uid", 0, host_uid),
    JS_CFUNC_DEF("gid", 0, host_gid),        JS_CFUNC_DEF("cpus", 0, host_cpus),
};

void add_process_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
