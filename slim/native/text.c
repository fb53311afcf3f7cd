/* UTF-8 by the rules of the Encoding standard: broken sequences become U+FFFD, one each. */

#include <string.h>

#include "host.h"

/* Surrogates that stand alone are three bytes, as U+FFFD is. */
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
  replace_lone_surrogates(bytes_of(ctx, array, &length), length);
  return array;
}

enum { BROKEN = 0, CUT_OFF = -1 };

/* The length of the sequence at the start; BROKEN with the length of its broken part in *part, or
 * CUT_OFF. */
static int sequence_length(const uint8_t *bytes, size_t length, size_t *part) {
  uint8_t first = bytes[0], low = 0x80, high = 0xBF;
  *part = 1;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return BROKEN;
  int wanted = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  /* Too long for their value, surrogates, beyond U+10FFFF. */
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  for (; *part < (size_t)wanted; ++*part, low = 0x80, high = 0xBF) {
    if (*part == length) return CUT_OFF;
    if (bytes[*part] < low || bytes[*part] > high) return BROKEN;
  }
  return wanted;
}

/* decode(bytes, fatal, final): the text, and in host.undecoded how many bytes at the end were left
 * alone because they may be the start of a sequence; null where `fatal` forbids to replace. */
static HOST_FUNCTION(host_decode) {
  size_t length;
  const uint8_t *bytes = bytes_of(ctx, argv[0], &length);
  bool is_fatal = JS_ToBool(ctx, argv[1]), is_final = JS_ToBool(ctx, argv[2]);
  /* Each byte becomes at most three. */
  uint8_t *clean = NULL;
  size_t read = 0, written = 0, left = 0;
  while (read < length) {
    size_t part;
    int size = sequence_length(bytes + read, length - read, &part);
    if (size == CUT_OFF && !is_final) {
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
    read += part;
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
