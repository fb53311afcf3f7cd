/* The event loop: one ppoll waits for descriptors, timers and signals, so an idle process never
 * wakes up. */

#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"

struct watch {
  int64_t id;
  int fd;
  short events;
  JSValue function;
};

struct timer {
  int64_t id, due;
  /* The round of the loop in which it was added. */
  int64_t round;
  bool keeps_alive;
  JSValue function;
};

static struct watch *watches;
static struct timer *timers; /* sorted by due time */
static size_t watch_count, watch_capacity, timer_count, timer_capacity;

/* Of watches and timers. 64 bits never run out, and JavaScript's numbers hold the first 2^53. */
#ifndef FIRST_ID
#define FIRST_ID 1
#endif
static int64_t next_id = FIRST_ID;
static int64_t current_round;

int64_t monotonic_ns(void) {
  static int64_t start;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
  if (!start) start = ns;
  return ns - start;
}

static void *ensure_capacity(void *array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity) return array;
  *capacity = *capacity ? *capacity * 2 : 16;
  return resize_memory(array, *capacity * size);
}

/* Calls function(revents) once, when the descriptor is ready or has failed. */
static HOST_FUNCTION(host_watch) {
  watches = ensure_capacity(watches, watch_count, &watch_capacity, sizeof *watches);
  watches[watch_count++] = (struct watch){
      .id = next_id,
      .fd = to_int(ctx, argv[0]),
      .events = (short)to_int(ctx, argv[1]),
      .function = JS_DupValue(ctx, argv[2]),
  };
  return JS_NewInt64(ctx, next_id++);
}

/* Removes the watch and returns its function; JS_UNDEFINED if it was removed before. */
static JSValue take_watch(int64_t id) {
  for (size_t i = 0; i < watch_count; i++) {
    if (watches[i].id != id) continue;
    JSValue function = watches[i].function;
    watches[i] = watches[--watch_count];
    return function;
  }
  return JS_UNDEFINED;
}

static HOST_FUNCTION(host_unwatch) {
  JS_FreeValue(ctx, take_watch(to_int64(ctx, argv[0])));
  return JS_UNDEFINED;
}

static HOST_FUNCTION(host_add_timer) {
  double milliseconds = 0;
  JS_ToFloat64(ctx, &milliseconds, argv[0]);
  struct timer timer = {
      .id = next_id,
      .round = current_round,
      .keeps_alive = JS_ToBool(ctx, argv[2]),
      .due = monotonic_ns() + (int64_t)(milliseconds * 1e6),
      .function = JS_DupValue(ctx, argv[1]),
  };
  timers = ensure_capacity(timers, timer_count, &timer_capacity, sizeof *timers);
  size_t index = timer_count++;
  for (; index > 0 && timers[index - 1].due > timer.due; index--) timers[index] = timers[index - 1];
  timers[index] = timer;
  return JS_NewInt64(ctx, next_id++);
}

static JSValue take_timer(size_t index) {
  JSValue function = timers[index].function;
  memmove(&timers[index], &timers[index + 1], (--timer_count - index) * sizeof *timers);
  return function;
}

static HOST_FUNCTION(host_cancel_timer) {
  int64_t id = to_int64(ctx, argv[0]);
  for (size_t i = 0; i < timer_count; i++) {
    if (timers[i].id != id) continue;
    JS_FreeValue(ctx, take_timer(i));
    break;
  }
  return JS_UNDEFINED;
}

static HOST_FUNCTION(host_now) { return JS_NewFloat64(ctx, (double)(monotonic_ns() / 1000) / 1e3); }

static JSValue run_task(JSContext *ctx, int argc __attribute__((unused)), JSValueConst *argv) {
  return JS_Call(ctx, argv[0], JS_UNDEFINED, 0, NULL);
}

static HOST_FUNCTION(host_queue_microtask) {
  JS_EnqueueJob(ctx, run_task, 1, argv);
  return JS_UNDEFINED;
}

static void run_microtasks(JSContext *ctx) {
  JSContext *failed;
  int status;
  while ((status = JS_ExecutePendingJob(JS_GetRuntime(ctx), &failed)) > 0) continue;
  if (status < 0) exit_uncaught(ctx, JS_GetException(ctx), false);
  exit_on_rejection(ctx);
}

void run_callback(JSContext *ctx, JSValueConst function, int argc, JSValueConst *argv) {
  JSValue returned = JS_Call(ctx, function, JS_UNDEFINED, argc, argv);
  if (JS_IsException(returned)) exit_uncaught(ctx, JS_GetException(ctx), false);
  JS_FreeValue(ctx, returned);
  run_microtasks(ctx);
}

static bool has_work(void) {
  if (watch_count || has_children()) return true;
  for (size_t i = 0; i < timer_count; i++) {
    if (timers[i].keeps_alive) return true;
  }
  return false;
}

/* Timers added by callbacks wait for the next round; otherwise a chain of zero delays would starve
 * the descriptors. */
static void run_due_timers(JSContext *ctx) {
  int64_t now = monotonic_ns();
  current_round++;
  while (timer_count && timers[0].due <= now && timers[0].round != current_round) {
    JSValue function = take_timer(0);
    run_callback(ctx, function, 0, NULL);
    JS_FreeValue(ctx, function);
  }
}

static void wait_for_events(JSContext *ctx) {
  static struct pollfd *polled;
  static int64_t *ids;
  static size_t polled_capacity, id_capacity;
  size_t count = watch_count;
  while (polled_capacity <= count) {
    polled = ensure_capacity(polled, polled_capacity, &polled_capacity, sizeof *polled);
  }
  while (id_capacity <= count) ids = ensure_capacity(ids, id_capacity, &id_capacity, sizeof *ids);
  for (size_t i = 0; i < count; i++) {
    polled[i] = (struct pollfd){.fd = watches[i].fd, .events = watches[i].events};
    ids[i] = watches[i].id;
  }
  polled[count] = (struct pollfd){.fd = signal_descriptor(), .events = POLLIN};

  struct timespec timeout = {0};
  if (timer_count) {
    int64_t left = timers[0].due - monotonic_ns();
    if (left < 0) left = 0;
    timeout = (struct timespec){.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
  }
  if (ppoll(polled, count + 1, timer_count ? &timeout : NULL, NULL) <= 0) return;

  if (polled[count].revents) dispatch_signals(ctx);
  for (size_t i = 0; i < count; i++) {
    if (!polled[i].revents) continue;
    JSValue function = take_watch(ids[i]);
    /* Removed by an earlier callback of this round. */
    if (JS_IsUndefined(function)) continue;
    JSValue events = JS_NewInt32(ctx, polled[i].revents);
    run_callback(ctx, function, 1, &events);
    JS_FreeValue(ctx, function);
  }
}

enum {
  /* Just above what a start allocates, so that no start pays for a collection. */
  START_BYTES = 768 * 1024,
  CYCLES_BYTES = 64 * 1024,
};

/* QuickJS's own threshold waits for 50 % growth, and memory.c never returns pages to the kernel, so
 * each cycle left uncollected would raise the footprint for good. */
static void collect_cycles(JSContext *ctx) {
  static size_t limit = START_BYTES;
  if (memory_in_use() < limit) return;
  JS_RunGC(JS_GetRuntime(ctx));
  limit = memory_in_use() + CYCLES_BYTES;
}

/* Runs until no watch, timer or child is left. Signal listeners do not keep the process alive, as
 * in Deno. */
void run_loop(JSContext *ctx) {
  run_microtasks(ctx);
  while (has_work()) {
    collect_cycles(ctx);
    wait_for_events(ctx);
    run_due_timers(ctx);
  }
}

void close_loop(JSContext *ctx) {
  while (watch_count) JS_FreeValue(ctx, watches[--watch_count].function);
  while (timer_count) JS_FreeValue(ctx, timers[--timer_count].function);
  free(watches);
  free(timers);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("watch", 3, host_watch),
    JS_CFUNC_DEF("unwatch", 1, host_unwatch),
    JS_CFUNC_DEF("addTimer", 3, host_add_timer),
    JS_CFUNC_DEF("cancelTimer", 1, host_cancel_timer),
    JS_CFUNC_DEF("now", 0, host_now),
    JS_CFUNC_DEF("queueMicrotask", 1, host_queue_microtask),
};

void add_loop_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
