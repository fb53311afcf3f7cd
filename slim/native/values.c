/* Converts JavaScript values to C and back. */

#include <string.h>

#include "host.h"

JSValue js_result(JSContext *ctx, int64_t result) {
  return JS_NewInt64(ctx, result < 0 ? -errno : result);
}

int to_int(JSContext *ctx, JSValueConst value) {
  int32_t number = 0;
  JS_ToInt32(ctx, &number, value);
  return number;
}

int64_t to_int64(JSContext *ctx, JSValueConst value) {
  int64_t number = 0;
  JS_ToInt64(ctx, &number, value);
  return number;
}

/* Arguments, variables and paths are bytes to the kernel. Each byte that is not part of valid UTF-8
 * becomes one of the lone surrogates U+DC80 to U+DCFF, which no valid text contains, and to_path
 * makes it that byte again: what Python calls surrogateescape. */
JSValue from_bytes(JSContext *ctx, const char *bytes) {
  const uint8_t *left = (const uint8_t *)bytes;
  size_t length = strlen(bytes), written = 0, invalid_length;
  /* A surrogate is three bytes. */
  uint8_t *escaped = NULL;
  for (size_t i = 0; i < length;) {
    int size = sequence_length(left + i, length - i, &invalid_length);
    if (size <= 0 && !escaped) {
      escaped = js_malloc(ctx, length * 3);
      if (!escaped) return JS_EXCEPTION;
      memcpy(escaped, bytes, written = i);
    }
    if (size <= 0) {
      escaped[written++] = 0xED;
      escaped[written++] = left[i] < 0xC0 ? 0xB2 : 0xB3;
      escaped[written++] = 0x80 | (left[i++] & 0x3F);
      continue;
    }
    if (escaped) memcpy(escaped + written, left + i, (size_t)size);
    written += (size_t)size;
    i += (size_t)size;
  }
  JSValue text = JS_NewStringLen(ctx, escaped ? (const char *)escaped : bytes, written);
  js_free(ctx, escaped);
  return text;
}

static void unescape_bytes(char *text) {
  uint8_t *from = (uint8_t *)text, *to = from;
  while (*from) {
    bool is_escaped = from[0] == 0xED && (from[1] == 0xB2 || from[1] == 0xB3);
    if (is_escaped) *to++ = (uint8_t)((from[1] == 0xB2 ? 0x80 : 0xC0) | (from[2] & 0x3F));
    else *to++ = *from;
    from += is_escaped ? 3 : 1;
  }
  *to = '\0';
}

/* NULL with EINVAL if the text contains a NUL byte, where C would truncate it. Free with
 * JS_FreeCString. */
const char *to_path(JSContext *ctx, JSValueConst value) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (text && strlen(text) == length) {
    /* ASCII may be the string's own memory; any other text is a copy, which may be changed. */
    if (memchr(text, 0xED, length)) unescape_bytes((char *)(uintptr_t)text);
    return text;
  }
  JS_FreeCString(ctx, text);
  errno = EINVAL;
  return NULL;
}

/* The bytes of a typed array, valid while its buffer is. NULL for any other value. */
uint8_t *view_bytes(JSContext *ctx, JSValueConst value, size_t *length) {
  *length = 0;
  if (!JS_IsObject(value)) return NULL;
  size_t offset, size, whole;
  JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, length, &size);
  if (JS_IsException(buffer)) {
    JS_FreeValue(ctx, JS_GetException(ctx));
    return NULL;
  }
  uint8_t *bytes = JS_GetArrayBuffer(ctx, &whole, buffer);
  JS_FreeValue(ctx, buffer);
  return bytes ? bytes + offset : NULL;
}

JSValue new_bytes(JSContext *ctx, const uint8_t *bytes, size_t length) {
  JSValue buffer = JS_NewArrayBufferCopy(ctx, bytes, length);
  if (JS_IsException(buffer)) return buffer;
  /* QuickJS reads three arguments regardless of argc. */
  JSValue arguments[3] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
  JSValue array = JS_NewTypedArray(ctx, 3, arguments, JS_TYPED_ARRAY_UINT8);
  JS_FreeValue(ctx, buffer);
  return array;
}

JSValue new_string_list(JSContext *ctx, char **strings) {
  JSValue list = JS_NewArray(ctx);
  for (uint32_t i = 0; strings[i]; i++) {
    JS_SetPropertyUint32(ctx, list, i, from_bytes(ctx, strings[i]));
  }
  return list;
}

/* NULL-terminated, as execve expects. NULL with EINVAL if a text contains a NUL byte. */
char **to_strings(JSContext *ctx, JSValueConst array) {
  JSValue length_value = JS_GetPropertyStr(ctx, array, "length");
  int length = to_int(ctx, length_value);
  JS_FreeValue(ctx, length_value);
  char **strings = js_mallocz(ctx, sizeof(char *) * ((size_t)length + 1));
  for (int i = 0; strings && i < length; i++) {
    JSValue item = JS_GetPropertyUint32(ctx, array, (uint32_t)i);
    const char *text = to_path(ctx, item);
    strings[i] = text ? js_strdup(ctx, text) : NULL;
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, item);
    if (!strings[i]) {
      free_strings(ctx, strings);
      errno = EINVAL;
      return NULL;
    }
  }
  return strings;
}

void free_strings(JSContext *ctx, char **strings) {
  if (!strings) return;
  for (char **string = strings; *string; string++) js_free(ctx, *string);
  js_free(ctx, strings);
}
