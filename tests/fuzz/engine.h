/* What the fuzz targets share: the engine with the host's functions, started once a process. */
#ifndef ENGINE_H
#define ENGINE_H

#include "host.h"

/* Ends the process if a promise of the code is broken, so that libFuzzer keeps the input. */
#define REQUIRE(condition)                                                                         \
  do {                                                                                             \
    if (!(condition)) fail_requirement(#condition, __FILE__, __LINE__);                            \
  } while (0)
_Noreturn void fail_requirement(const char *condition, const char *file, int line);

/* libFuzzer calls it, and names it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

JSContext *engine(void);

/* Calls host.NAME and frees the arguments. An exception breaks the promise that the host's
 * functions report failure by their result. */
JSValue call_host(const char *name, int argc, JSValue *arguments);
#define CALL_HOST(name, ...)                                                                       \
  call_host(name, sizeof((JSValue[]){__VA_ARGS__}) / sizeof(JSValue), (JSValue[]){__VA_ARGS__})

/* Calls parsers.NAME(bytes) of parsers.ts, and runs the loop until what it returns has settled. */
void call_parser(const char *name, const uint8_t *bytes, size_t size);

/* From now on each connection is accepted by a server that sends these bytes and ends; NULL: each
 * is refused. No fuzz target connects to anything outside of its process. */
void serve_answer(const uint8_t *bytes, size_t size);

/* A NUL-terminated copy for the caller to free. */
char *copy_text(const uint8_t *bytes, size_t size);

#endif
