/* Delivers signals through a signalfd, so no handler interrupts other code. The signals are
 * blocked: the kernel drops a signal to PID 1 that has its default action, but keeps a blocked one
 * pending. */

#define _GNU_SOURCE
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

/* systemd's SIGRTMIN+3; musl's own SIGRTMIN is one higher. */
enum { HALT = 37 };

static int descriptor = -1;
static sigset_t enabled; /* all zero: empty, in glibc and musl */
static JSValue listener; /* no listener unless it is a function */

/* Whether the descriptor still has the signals of before. */
static bool is_outdated;

int signal_descriptor(void) {
  /* Once for all that were enabled since the last poll(). */
  if (is_outdated) signalfd(descriptor, &enabled, 0);
  is_outdated = false;
  return descriptor;
}

void enable_signal(int number, bool is_enabled) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  if (is_enabled) sigaddset(&enabled, number);
  else sigdelset(&enabled, number);
  if (descriptor < 0) descriptor = signalfd(-1, &enabled, SFD_NONBLOCK | SFD_CLOEXEC);
  else is_outdated = true;
  /* Nobody could read a blocked signal without the descriptor; the next call tries again. */
  if (!is_enabled) sigprocmask(SIG_UNBLOCK, &one, NULL);
  else if (descriptor >= 0) sigprocmask(SIG_BLOCK, &enabled, NULL);
}

/* Until the first listener is added, the kernel would drop signals to PID 1. Blocked, they stay
 * pending until then. */
void block_signals(void) {
  sigset_t held;
  sigemptyset(&held);
  const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, HALT};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&held, numbers[i]);
  sigprocmask(SIG_BLOCK, &held, NULL);
}

/* Sets the action of any signal to SIG_DFL or SIG_IGN and returns the one before. musl keeps 32 to
 * 34 for itself and refuses to change theirs, but a parent can have left them ignored: glibc's
 * posix_spawn does. */
void *set_signal_action(int number, void *handler) {
  struct {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
  } action = {.handler = handler}, before;
  if (syscall(SYS_rt_sigaction, number, &action, &before, sizeof action.mask) != 0)
    return (void *)-1;
  return before.handler;
}

/* One batch per round, so that a flood of signals cannot starve descriptors and timers. */
void dispatch_signals(JSContext *ctx) {
  struct signalfd_siginfo batch[16];
  ssize_t size = read(descriptor, batch, sizeof batch);
  for (ssize_t i = 0; i < size / (ssize_t)sizeof *batch; i++) {
    int number = (int)batch[i].ssi_signo;
    /* Reap our own children first, so that the listener finds only orphans. */
    if (number == SIGCHLD) reap_children(ctx);
    if (!JS_IsFunction(ctx, listener)) continue;
    JSValue argument = JS_NewInt32(ctx, number);
    run_callback(ctx, listener, 1, &argument);
  }
}

static HOST_FUNCTION(host_on_signal) {
  JS_FreeValue(ctx, listener);
  listener = JS_DupValue(ctx, argv[0]);
  return JS_UNDEFINED;
}

static HOST_FUNCTION(host_enable_signal) {
  int number = to_int(ctx, argv[0]);
  bool is_enabled = JS_ToBool(ctx, argv[1]);
  /* reap_children needs SIGCHLD even without a listener. */
  if (number != SIGCHLD || is_enabled) enable_signal(number, is_enabled);
  return JS_UNDEFINED;
}

void close_signals(JSContext *ctx) { JS_FreeValue(ctx, listener); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("onSignal", 1, host_on_signal),
    JS_CFUNC_DEF("enableSignal", 2, host_enable_signal),
};

void add_signal_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
