/* Starts the engine as host.c does, for functions that are static there. */

#define main host_main
#include "../../slim/native/host.c"
#undef main

#include <sys/socket.h>

#include "engine.h"

_Noreturn void fail_requirement(const char *condition, const char *file, int line) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
  abort();
}

static JSValue host;

static void start_engine(void) {
  signal(SIGPIPE, SIG_IGN);
  runtime = JS_NewRuntime2(&memory_functions, NULL);
  JS_SetGCThreshold(runtime, 1024 * 1024);
  JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
  JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
}

JSContext *engine(void) {
  static JSContext *ctx;
  if (ctx) return ctx;
  start_engine();
  ctx = JS_NewContextRaw(runtime);
  add_intrinsics(ctx);
  define_host(ctx, (char *[]){"fuzz", NULL});
  JSValue global = JS_GetGlobalObject(ctx);
  /* The shim removes it from the global object. */
  host = JS_GetPropertyStr(ctx, global, "host");
  JS_FreeValue(ctx, global);
  return ctx;
}

static void require_no_exception(JSContext *ctx, JSValueConst value) {
  if (!JS_IsException(value)) return;
  JSValue error = JS_GetException(ctx);
  print_error(ctx, error);
  abort();
}

JSValue call_host(const char *name, int argc, JSValue *arguments) {
  JSContext *ctx = engine();
  JSValue function = JS_GetPropertyStr(ctx, host, name);
  REQUIRE(JS_IsFunction(ctx, function));
  JSValue result = JS_Call(ctx, function, host, argc, arguments);
  require_no_exception(ctx, result);
  JS_FreeValue(ctx, function);
  for (int i = 0; i < argc; i++) JS_FreeValue(ctx, arguments[i]);
  return result;
}

static JSValue load_parsers(JSContext *ctx) {
  JS_FreeValue(ctx, evaluate_module(ctx, load_entry(ctx, "host.js")));
  JS_FreeValue(ctx, evaluate_module(ctx, load_entry(ctx, program_name)));
  run_loop(ctx);
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue parsers = JS_GetPropertyStr(ctx, global, "parsers");
  JS_FreeValue(ctx, global);
  return parsers;
}

void call_parser(const char *name, const uint8_t *bytes, size_t size) {
  static JSValue parsers;
  JSContext *ctx = engine();
  if (!JS_IsObject(parsers)) parsers = load_parsers(ctx);
  JSValue parse = JS_GetPropertyStr(ctx, parsers, name);
  REQUIRE(JS_IsFunction(ctx, parse));
  JSValue array = new_bytes(ctx, bytes, size);
  JSValue result = JS_Call(ctx, parse, JS_UNDEFINED, 1, &array);
  require_no_exception(ctx, result);
  run_loop(ctx);
  REQUIRE(!JS_IsObject(result) || JS_PromiseState(ctx, result) == JS_PROMISE_FULFILLED);
  JS_FreeValue(ctx, result);
  JS_FreeValue(ctx, array);
  JS_FreeValue(ctx, parse);
}

static const uint8_t *answer;
static size_t answer_size;
static int server = -1;

void serve_answer(const uint8_t *bytes, size_t size) {
  answer = bytes;
  answer_size = size;
  if (server >= 0) close(server);
  server = -1;
}

/* The linker sends every call of connect() here. */
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size) {
  /* The kernel would read all of it. */
  volatile uint8_t sum = 0;
  for (socklen_t i = 0; i < size; i++) sum = (uint8_t)(sum + ((const uint8_t *)address)[i]);
  errno = ECONNREFUSED;
  if (!answer) return -1;
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  REQUIRE(dup3(ends[0], fd, O_CLOEXEC) == fd);
  close(ends[0]);
  REQUIRE(write(ends[1], answer, answer_size) == (ssize_t)answer_size);
  shutdown(ends[1], SHUT_WR);
  server = ends[1];
  return 0;
}

char *copy_text(const uint8_t *bytes, size_t size) {
  char *text = malloc(size + 1);
  memcpy(text, bytes, size);
  text[size] = '\0';
  return text;
}
