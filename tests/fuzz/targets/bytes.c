/* The environment, arguments and paths: values.c and environment.c of the host. The input is a list
 * of texts, each ended by a NUL byte. */

#include <stdlib.h>
#include <string.h>

#include "../engine.h"

enum { MOST = 64 };

extern char **environ;

/* What the kernel gave comes back byte for byte. */
static void round_trip(JSContext *ctx, char **texts) {
  JSValue list = new_string_list(ctx, texts);
  char **copies = to_strings(ctx, list);
  REQUIRE(copies);
  for (size_t i = 0; texts[i]; i++) {
    REQUIRE(strcmp(copies[i], texts[i]) == 0);
    JSValue text = from_bytes(ctx, texts[i]);
    const char *path = to_path(ctx, text);
    REQUIRE(path && strcmp(path, texts[i]) == 0);
    JS_FreeCString(ctx, path);
    JS_FreeValue(ctx, text);
  }
  free_strings(ctx, copies);
  JS_FreeValue(ctx, list);
}

static void use_environment(JSContext *ctx, char **texts) {
  char **own = environ;
  environ = texts;
  JS_FreeValue(ctx, CALL_HOST("environment", JS_UNDEFINED));
  char **extended = extend_environment(ctx, texts);
  REQUIRE(extended);
  js_free(ctx, extended);
  environ = own;
  for (size_t i = 0; texts[i]; i++) {
    JSValue name = from_bytes(ctx, texts[i]);
    JSValue failed = CALL_HOST("setVariable", JS_DupValue(ctx, name), JS_DupValue(ctx, name));
    /* A name with an equals sign, or without a character. */
    bool is_name = *texts[i] && !strchr(texts[i], '=');
    REQUIRE((to_int(ctx, failed) == 0) == is_name);
    JSValue value = CALL_HOST("getVariable", JS_DupValue(ctx, name));
    REQUIRE(!is_name || JS_IsString(value));
    JS_FreeValue(ctx, value);
    JS_FreeValue(ctx, CALL_HOST("setVariable", JS_DupValue(ctx, name), JS_UNDEFINED));
    JS_FreeValue(ctx, name);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  JSContext *ctx = engine();
  char *texts[MOST + 1] = {NULL};
  char *copy = copy_text(bytes, size);
  size_t count = 0;
  for (char *text = copy; text <= copy + size && count < MOST; text += strlen(text) + 1) {
    texts[count++] = text;
  }
  round_trip(ctx, texts);
  use_environment(ctx, texts);

  /* As text from a file, with NUL bytes in it. */
  JSValue text = CALL_HOST("decode", new_bytes(ctx, bytes, size), JS_NewBool(ctx, false),
                           JS_NewBool(ctx, true));
  const char *path = to_path(ctx, text);
  REQUIRE(!path == (memchr(bytes, 0, size) != NULL));
  JS_FreeCString(ctx, path);
  JS_FreeValue(ctx, text);
  free(copy);
  return 0;
}
