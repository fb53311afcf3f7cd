/* Decodes and encodes UTF-8: text.c of the host. */

#include <string.h>

#include "../engine.h"

static JSValue decode(const uint8_t *bytes, size_t size, bool is_fatal, bool is_final) {
  JSContext *ctx = engine();
  return CALL_HOST("decode", new_bytes(ctx, bytes, size), JS_NewBool(ctx, is_fatal),
                   JS_NewBool(ctx, is_final));
}

static bool is_same(JSContext *ctx, JSValueConst one, JSValueConst other) {
  size_t length, other_length;
  const char *text = JS_ToCStringLen(ctx, &length, one);
  const char *other_text = JS_ToCStringLen(ctx, &other_length, other);
  bool is_same = length == other_length && memcmp(text, other_text, length) == 0;
  JS_FreeCString(ctx, text);
  JS_FreeCString(ctx, other_text);
  return is_same;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  JSContext *ctx = engine();
  JSValue text = decode(bytes, size, false, true);
  JSValue strict = decode(bytes, size, true, true);
  JSValue encoded = CALL_HOST("encode", JS_DupValue(ctx, text));
  size_t length;
  const uint8_t *again = view_bytes(ctx, encoded, &length);

  /* Text that was decoded is valid, and valid text is decoded to itself. */
  JSValue twice = decode(again, length, true, true);
  REQUIRE(JS_IsString(twice) && is_same(ctx, text, twice));
  if (JS_IsString(strict)) REQUIRE(length == size && memcmp(again, bytes, size) == 0);
  else REQUIRE(JS_IsNull(strict));

  /* Only the start of a sequence is left for the next chunk. */
  JS_FreeValue(ctx, decode(bytes, size, false, false));
  JS_FreeValue(ctx, decode(bytes, size, true, false));

  const JSValue values[] = {text, strict, encoded, twice};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) JS_FreeValue(ctx, values[i]);
  return 0;
}
