/* What the C files of the host share. TypeScript calls these functions through slim/shim/host.ts.
 *
 * A call of the system gives TypeScript its result as a number, and -errno where it failed; the
 * classes of errors are made in slim/shim/errors.ts. */
#ifndef HOST_H
#define HOST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "quickjs.h"

/* A host function; those that need neither `this` nor their count of arguments leave them alone. */
#define HOST_FUNCTION(name)                                                                        \
  JSValue name(JSContext *ctx, JSValueConst this_value __attribute__((unused)),                    \
               int argc __attribute__((unused)), JSValueConst *argv __attribute__((unused)))

void add_loop_functions(JSContext *ctx, JSValueConst host);
void add_signal_functions(JSContext *ctx, JSValueConst host);
void add_process_functions(JSContext *ctx, JSValueConst host);
void add_descriptor_functions(JSContext *ctx, JSValueConst host);
void add_file_functions(JSContext *ctx, JSValueConst host);
void add_folder_functions(JSContext *ctx, JSValueConst host);
void add_text_functions(JSContext *ctx, JSValueConst host);
void add_libc_functions(JSContext *ctx, JSValueConst host);

/* values.c */
JSValue outcome(JSContext *ctx, int64_t result);
int int_of(JSContext *ctx, JSValueConst value);
const char *path_of(JSContext *ctx, JSValueConst value);
uint8_t *bytes_of(JSContext *ctx, JSValueConst value, size_t *length);
JSValue new_bytes(JSContext *ctx, const uint8_t *bytes, size_t length);
char **strings_of(JSContext *ctx, JSValueConst array);
void free_strings(JSContext *ctx, char **strings);

/* Written by the build: qjsc's bytecode of each module, up to one without a name. */
extern const struct bytecode {
  const char *name;
  const uint8_t *bytes;
  const uint32_t *size;
} bytecodes[];

/* memory.c */
extern const JSMallocFunctions memory_functions;
size_t memory_in_use(void);

/* loop.c */
int64_t monotonic_ns(void);
void run_loop(JSContext *ctx);
void call_back(JSContext *ctx, JSValueConst function, int argc, JSValueConst *argv);
void close_loop(JSContext *ctx);

/* signals.c */
int signal_descriptor(void);
void dispatch_signals(JSContext *ctx);
void hold_signals(void);
void want_signal(int number, bool wanted);
void close_signals(JSContext *ctx);

/* process.c */
bool has_children(void);
void reap_children(JSContext *ctx);
void close_processes(JSContext *ctx);

/* host.c */
void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled,
                     void *opaque);
void fail_on_rejection(JSContext *ctx);
_Noreturn void fail_uncaught(JSContext *ctx, JSValueConst error, bool in_promise);

#endif
