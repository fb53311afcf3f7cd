/* Encodes and decodes UTF-8 by the rules of the Encoding standard: each invalid sequence becomes
 * one U+FFFD. */

#include <string.h>

#include "host.h"

/* QuickJS encodes a lone surrogate as three bytes from 0xED 0xA0, the length of U+FFFD. */
static void replace_lone_surrogates(uint8_t *bytes, size_t length) {
  for (size_t i = 0; i + 2 < length; i++) {
    uint8_t *found = memchr(bytes + i, 0xED, length - 2 - i);
    if (!found) return;
    i = (size_t)(found - bytes);
    if (found[1] >= 0xA0) memcpy(found, "\xEF\xBF\xBD", 3);
  }
}

static HOST_FUNCTION(host_encode) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (!text) return JS_EXCEPTION;
  JSValue array = new_bytes(ctx, (const uint8_t *)text, length);
  JS_FreeCString(ctx, text);
  replace_lone_surrogates(view_bytes(ctx, array, &length), length);
  return array;
}

/* Returns the length of the first sequence; INVALID with the number of bytes that one U+FFFD
 * replaces in *invalid_length; or INCOMPLETE if the text ends within it. */
int sequence_length(const uint8_t *bytes, size_t length, size_t *invalid_length) {
  uint8_t first = bytes[0], low = 0x80, high = 0xBF;
  *invalid_length = 1;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return INVALID;
  int expected = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  /* Exclude overlong forms, surrogates, and code points above U+10FFFF. */
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  for (; *invalid_length < (size_t)expected; ++*invalid_length, low = 0x80, high = 0xBF) {
    if (*invalid_length == length) return INCOMPLETE;
    if (bytes[*invalid_length] < low || bytes[*invalid_length] > high) return INVALID;
  }
  return expected;
}

/* decode(bytes, fatal, final): the text, or null if it is invalid and `fatal`. host.undecoded is
 * the number of bytes at the end that may start a sequence; they are not decoded. */
static HOST_FUNCTION(host_decode) {
  size_t length;
  const uint8_t *bytes = view_bytes(ctx, argv[0], &length);
  bool is_fatal = JS_ToBool(ctx, argv[1]), is_final = JS_ToBool(ctx, argv[2]);
  /* U+FFFD is three bytes, so each input byte becomes at most three. */
  uint8_t *clean = NULL;
  size_t read = 0, written = 0, left = 0;
  while (read < length) {
    size_t invalid_length;
    int size = sequence_length(bytes + read, length - read, &invalid_length);
    if (size == INCOMPLETE && !is_final) {
      left = length - read;
      break;
    }
    if (size > 0) {
      if (clean) memcpy(clean + written, bytes + read, (size_t)size);
      written += (size_t)size;
      read += (size_t)size;
      continue;
    }
    if (is_fatal) {
      js_free(ctx, clean);
      return JS_NULL;
    }
    if (!clean) {
      clean = js_malloc(ctx, length * 3);
      if (!clean) return JS_EXCEPTION;
      memcpy(clean, bytes, read);
    }
    memcpy(clean + written, "\xEF\xBF\xBD", 3);
    written += 3;
    read += invalid_length;
  }
  JSValue text = JS_NewStringLen(ctx, (const char *)(clean ? clean : bytes), written);
  js_free(ctx, clean);
  JS_SetPropertyStr(ctx, this_value, "undecoded", JS_NewInt32(ctx, (int)left));
  return text;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("encode", 1, host_encode),
    JS_CFUNC_DEF("decode", 3, host_decode),
};

void add_text_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
