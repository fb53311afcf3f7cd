/* The environment: children inherit it byte for byte, whatever its encoding. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "host.h"

extern char **environ;

static HOST_FUNCTION(host_environment) { return new_string_list(ctx, environ); }

/* undefined if there is no such variable */
static HOST_FUNCTION(host_get_variable) {
  const char *name = to_path(ctx, argv[0]);
  const char *value = name ? getenv(name) : NULL;
  JS_FreeCString(ctx, name);
  return value ? from_bytes(ctx, value) : JS_UNDEFINED;
}

/* setVariable(name, value | undefined): undefined removes it */
static HOST_FUNCTION(host_set_variable) {
  const char *name = to_path(ctx, argv[0]);
  bool is_removed = JS_IsUndefined(argv[1]);
  const char *value = is_removed ? NULL : to_path(ctx, argv[1]);
  int failed = -1;
  if (name && is_removed) failed = unsetenv(name);
  else if (name && value) failed = setenv(name, value, 1);
  if (failed && errno == ENOMEM) exit_out_of_memory();
  JS_FreeCString(ctx, name);
  JS_FreeCString(ctx, value);
  return js_result(ctx, failed);
}

static bool is_overridden(const char *entry, char **extra) {
  for (; *extra; extra++) {
    size_t length = strcspn(*extra, "=") + 1;
    if (strncmp(entry, *extra, length) == 0) return true;
  }
  return false;
}

/* The own entries and the extra ones, which win; free it with js_free, but not the entries. */
char **extend_environment(JSContext *ctx, char **extra) {
  size_t count = 0;
  for (char **entry = environ; *entry; entry++) count++;
  for (char **entry = extra; *entry; entry++) count++;
  char **entries = js_malloc(ctx, (count + 1) * sizeof *entries);
  if (!entries) return NULL;
  count = 0;
  for (char **entry = environ; *entry; entry++) {
    if (!is_overridden(*entry, extra)) entries[count++] = *entry;
  }
  for (char **entry = extra; *entry; entry++) entries[count++] = *entry;
  entries[count] = NULL;
  return entries;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("environment", 0, host_environment),
    JS_CFUNC_DEF("getVariable", 1, host_get_variable),
    JS_CFUNC_DEF("setVariable", 2, host_set_variable),
};

void add_environment_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
