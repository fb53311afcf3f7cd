/* Signals that are listened to are blocked and read from a signalfd: no handler interrupts
 * anything, and as PID 1 the kernel, which drops signals that would have their default effect,
 * keeps the blocked ones. */

#define _GNU_SOURCE
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "host.h"

static int descriptor = -1;
static sigset_t wanted;
static JSValue listener; /* none as long as it is no function */

int signal_descriptor(void) { return descriptor; }

void want_signal(int number, bool is_wanted) {
  if (descriptor < 0) sigemptyset(&wanted);
  if (is_wanted) sigaddset(&wanted, number);
  else sigdelset(&wanted, number);
  descriptor = signalfd(descriptor, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigprocmask(is_wanted ? SIG_BLOCK : SIG_UNBLOCK, &one, NULL);
}

/* What reaches PID 1 before anybody listens would be dropped; held back it is there for the first
 * listener. */
void hold_signals(void) {
  sigset_t held;
  sigemptyset(&held);
  const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&held, numbers[i]);
  sigprocmask(SIG_BLOCK, &held, NULL);
}

/* One batch a round, so that a storm of signals holds nothing else up. */
void dispatch_signals(JSContext *ctx) {
  struct signalfd_siginfo batch[16];
  ssize_t size = read(descriptor, batch, sizeof batch);
  for (ssize_t i = 0; i < size / (ssize_t)sizeof *batch; i++) {
    int number = (int)batch[i].ssi_signo;
    /* The statuses of known children first: what is left then is the listener's. */
    if (number == SIGCHLD) reap_children(ctx);
    if (!JS_IsFunction(ctx, listener)) continue;
    JSValue argument = JS_NewInt32(ctx, number);
    call_back(ctx, listener, 1, &argument);
  }
}

static HOST_FUNCTION(host_on_signal) {
  JS_FreeValue(ctx, listener);
  listener = JS_DupValue(ctx, argv[0]);
  return JS_UNDEFINED;
}

static HOST_FUNCTION(host_want_signal) {
  int number = int_of(ctx, argv[0]);
  bool is_wanted = JS_ToBool(ctx, argv[1]);
  /* Children are waited for with or without a listener. */
  if (number != SIGCHLD || is_wanted) want_signal(number, is_wanted);
  return JS_UNDEFINED;
}

void close_signals(JSContext *ctx) { JS_FreeValue(ctx, listener); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("onSignal", 1, host_on_signal),
    JS_CFUNC_DEF("wantSignal", 2, host_want_signal),
};

void add_signal_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
