/* Starts and ends the slim edition: main, module loading, and the report of uncaught errors */

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

static JSRuntime *runtime;

/* The kernel gives the lowest free descriptor to the next open(). If 0, 1 or 2 is closed, some
 * unrelated file takes its place, and every child inherits it as standard stream. */
static void open_standard_descriptors(void) {
  for (int fd = 0; fd <= 2; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    int opened = open("/dev/null", O_RDWR);
    /* An empty chroot has no /dev/null. An O_PATH descriptor fills the gap, and reads and writes on
     * it fail with EBADF. */
    if (opened < 0) open("/", O_PATH);
  }
}

static void print_text(JSContext *ctx, JSValueConst value) {
  const char *text = JS_ToCString(ctx, value);
  if (text) fputs(text, stderr);
  else JS_FreeValue(ctx, JS_GetException(ctx));
  JS_FreeCString(ctx, text);
}

static void print_error(JSContext *ctx, JSValueConst error) {
  bool is_error = JS_IsError(ctx, error);
  JSValue text =
      is_error ? JS_DupValue(ctx, error) : JS_JSONStringify(ctx, error, JS_UNDEFINED, JS_UNDEFINED);
  print_text(ctx, text);
  fputc('\n', stderr);
  JS_FreeValue(ctx, text);
  if (!is_error) return;
  JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
  if (JS_IsString(stack)) print_text(ctx, stack);
  JS_FreeValue(ctx, stack);
  JSValue cause = JS_GetPropertyStr(ctx, error, "cause");
  if (!JS_IsUndefined(cause)) {
    fputs("Caused by: ", stderr);
    print_error(ctx, cause);
  }
  JS_FreeValue(ctx, cause);
}

_Noreturn void exit_uncaught(JSContext *ctx, JSValueConst error, bool in_promise) {
  fputs(in_promise ? "error: Uncaught (in promise) " : "error: Uncaught ", stderr);
  print_error(ctx, error);
  exit(1);
}

/* A promise may be rejected before its handler is attached, so a rejection counts as unhandled only
 * after the microtasks have run. */
struct rejection {
  JSValue promise, reason;
};

static struct rejection *rejections;
static size_t rejection_count;

void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled,
                     void *opaque __attribute__((unused))) {
  if (!is_handled) {
    rejections = resize_memory(rejections, (rejection_count + 1) * sizeof *rejections);
    rejections[rejection_count++] =
        (struct rejection){JS_DupValue(ctx, promise), JS_DupValue(ctx, reason)};
    return;
  }
  for (size_t i = 0; i < rejection_count; i++) {
    if (JS_VALUE_GET_PTR(rejections[i].promise) != JS_VALUE_GET_PTR(promise)) continue;
    struct rejection handled = rejections[i];
    rejections[i] = rejections[--rejection_count];
    JS_FreeValue(ctx, handled.promise);
    JS_FreeValue(ctx, handled.reason);
    return;
  }
}

void exit_on_rejection(JSContext *ctx) {
  if (rejection_count) exit_uncaught(ctx, rejections[0].reason, true);
}

static HOST_FUNCTION(host_exit) { exit(to_int(ctx, argv[0])); }

/* That of late modules has been copied, and that of the program is read where it is: the kernel
 * maps again what is needed. */
static void unmap_bytecode(void) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = UINTPTR_MAX, end = 0;
  for (const struct bytecode *bytecode = bytecodes; bytecode->name; bytecode++) {
    uintptr_t first = (uintptr_t)bytecode->bytes, after = first + *bytecode->size;
    if (first < start) start = first;
    if (after > end) end = after;
  }
  start = (start + page - 1) & -page;
  end &= -page;
  if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static HOST_FUNCTION(host_load_module) {
  const char *name = JS_ToCString(ctx, argv[0]);
  if (!name) return JS_EXCEPTION;
  JSValue promise = JS_LoadModule(ctx, "", name);
  unmap_bytecode();
  JS_FreeCString(ctx, name);
  return promise;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("loadModule", 1, host_load_module),
    JS_CFUNC_DEF("exit", 1, host_exit),
};

/* Without the parser, because all modules are bytecode: `eval` and `new Function` do not exist. */
static void add_intrinsics(JSContext *ctx) {
  JS_AddIntrinsicBaseObjects(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicRegExpCompiler(ctx);
  JS_AddIntrinsicRegExp(ctx);
  JS_AddIntrinsicJSON(ctx);
  JS_AddIntrinsicProxy(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicTypedArrays(ctx);
  JS_AddIntrinsicPromise(ctx);
  JS_AddIntrinsicWeakRef(ctx);
}

static void define_host(JSContext *ctx, char **argv) {
  JSValue host = JS_NewObject(ctx);
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
  JS_SetPropertyStr(ctx, host, "args", new_string_list(ctx, argv));
  add_loop_functions(ctx, host);
  add_signal_functions(ctx, host);
  add_process_functions(ctx, host);
  add_spawn_functions(ctx, host);
  add_environment_functions(ctx, host);
  add_descriptor_functions(ctx, host);
  add_file_functions(ctx, host);
  add_folder_functions(ctx, host);
  add_text_functions(ctx, host);
  add_libc_functions(ctx, host);
  JSValue global = JS_GetGlobalObject(ctx);
  JS_SetPropertyStr(ctx, global, "host", host);
  JS_FreeValue(ctx, global);
}

static JSModuleDef *load_module(JSContext *ctx, const char *name,
                                void *opaque __attribute__((unused))) {
  for (const struct bytecode *bytecode = bytecodes; bytecode->name; bytecode++) {
    if (strcmp(bytecode->name, name) != 0) continue;
    const int flags = JS_READ_OBJ_BYTECODE | JS_READ_OBJ_ROM_DATA;
    JSValue module = JS_ReadObject(ctx, bytecode->bytes, *bytecode->size, flags);
    if (JS_IsException(module)) return NULL;
    /* JS_ReadObject also registers the module in the context, which owns it. */
    JSModuleDef *loaded = JS_VALUE_GET_PTR(module);
    JS_FreeValue(ctx, module);
    return loaded;
  }
  JS_ThrowReferenceError(ctx, "module not found: %s", name);
  return NULL;
}

static JSModuleDef *load_entry(JSContext *ctx, const char *name) {
  JSModuleDef *module = load_module(ctx, name, NULL);
  if (!module) abort();
  return module;
}

static JSValue evaluate_module(JSContext *ctx, JSModuleDef *module) {
  JSValue value = JS_DupValue(ctx, JS_MKPTR(JS_TAG_MODULE, module));
  if (JS_ResolveModule(ctx, value) < 0) abort();
  return JS_EvalFunction(ctx, value);
}

static int run_program(JSContext *ctx, JSModuleDef *program) {
  JS_FreeValue(ctx, evaluate_module(ctx, load_entry(ctx, "host.js")));
  JSValue evaluated = evaluate_module(ctx, program);
  run_loop(ctx);
  if (JS_PromiseState(ctx, evaluated) == JS_PROMISE_PENDING) {
    fputs("error: Top-level await promise never resolved\n", stderr);
    exit(1);
  }
  JS_FreeValue(ctx, evaluated);
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue deno = JS_GetPropertyStr(ctx, global, "Deno");
  JSValue code = JS_GetPropertyStr(ctx, deno, "exitCode");
  int status = to_int(ctx, code);
  JS_FreeValue(ctx, code);
  JS_FreeValue(ctx, deno);
  JS_FreeValue(ctx, global);
  return status;
}

int main(int argc __attribute__((unused)), char **argv) {
  if (getpid() == 1) block_signals();
  protect_relocated_data();
  monotonic_ns();
  open_standard_descriptors();
  signal(SIGPIPE, SIG_IGN);
  /* execve keeps ignored signals ignored. With SIGCHLD ignored the kernel reaps children itself and
   * discards their statuses. */
  signal(SIGCHLD, SIG_DFL);
  prepare_memory();
  atexit(end_guardian);
  runtime = JS_NewRuntime2(&memory_functions, NULL);
  if (!runtime) abort();
  /* The loop collects garbage between callbacks; this limit is for code that allocates for long
   * without returning to the loop. */
  JS_SetGCThreshold(runtime, 4 * 1024 * 1024);
  JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
  JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
  JSContext *ctx = JS_NewContextRaw(runtime);
  if (!ctx) abort();
  /* Before anything else gives the engine names; scripts/build_slim.ts says why. */
  JSModuleDef *program = load_entry(ctx, program_name);
  add_intrinsics(ctx);
  define_host(ctx, argv);
  int status = run_program(ctx, program);
  close_processes(ctx);
  close_signals(ctx);
  close_loop(ctx);
  free(rejections);
  JS_FreeContext(ctx);
  JS_FreeRuntime(runtime);
  return status;
}
