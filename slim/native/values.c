/* Values of JavaScript as C wants them, and back. */

#include <string.h>

#include "host.h"

JSValue outcome(JSContext *ctx, int64_t result) {
  return JS_NewInt64(ctx, result < 0 ? -errno : result);
}

int int_of(JSContext *ctx, JSValueConst value) {
  int32_t number = 0;
  JS_ToInt32(ctx, &number, value);
  return number;
}

/* NULL with EINVAL where a NUL byte would cut the text short; otherwise to be freed with
 * JS_FreeCString. */
const char *path_of(JSContext *ctx, JSValueConst value) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (text && strlen(text) == length) return text;
  JS_FreeCString(ctx, text);
  errno = EINVAL;
  return NULL;
}

/* The bytes that a view shows, as long as its buffer lives; NULL for null and for what is no view.
 */
uint8_t *bytes_of(JSContext *ctx, JSValueConst value, size_t *length) {
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
  /* Three, whatever the count says: QuickJS reads them all. */
  JSValue arguments[3] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
  JSValue array = JS_NewTypedArray(ctx, 3, arguments, JS_TYPED_ARRAY_UINT8);
  JS_FreeValue(ctx, buffer);
  return array;
}

/* A list that ends with NULL, as execve wants it; NULL with EINVAL for a text with a NUL byte in
 * it. */
char **strings_of(JSContext *ctx, JSValueConst array) {
  JSValue length_value = JS_GetPropertyStr(ctx, array, "length");
  int length = int_of(ctx, length_value);
  JS_FreeValue(ctx, length_value);
  char **strings = js_mallocz(ctx, sizeof(char *) * ((size_t)length + 1));
  for (int i = 0; strings && i < length; i++) {
    JSValue item = JS_GetPropertyUint32(ctx, array, (uint32_t)i);
    const char *text = path_of(ctx, item);
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
