/* Files, links, folders and addresses: files.c, folders.c and descriptors.c of the host. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../engine.h"

static void require_bytes(JSContext *ctx, JSValue read, const uint8_t *bytes, size_t size) {
  size_t length;
  const uint8_t *found = view_bytes(ctx, read, &length);
  REQUIRE(size == 0 || (found && length == size && memcmp(found, bytes, size) == 0));
  JS_FreeValue(ctx, read);
}

static void read_file(JSContext *ctx, const uint8_t *bytes, size_t size) {
  char path[32];
  int file = memfd_create("fuzz", MFD_CLOEXEC);
  REQUIRE(file >= 0 && write(file, bytes, size) == (ssize_t)size);
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  require_bytes(ctx, CALL_HOST("readFile", JS_NewString(ctx, path)), bytes, size);
  lseek(file, 0, SEEK_SET);
  require_bytes(ctx, CALL_HOST("readChunk", JS_NewInt32(ctx, file)), bytes, size);
  close(file);
}

/* Its target is any text up to PATH_MAX. */
static void read_link(JSContext *ctx, const char *text) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/tandem-fuzz-link-%d", getpid());
  if (symlink(text, path) != 0) return;
  JSValue target = CALL_HOST("readLink", JS_NewString(ctx, path));
  unlink(path);
  const char *read = to_path(ctx, target);
  REQUIRE(read && strcmp(read, text) == 0);
  JS_FreeCString(ctx, read);
  JS_FreeValue(ctx, target);
}

/* A folder with the input's lines as names. */
static void read_folder(JSContext *ctx, char *text) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/tandem-fuzz-folder-%d", getpid());
  REQUIRE(mkdir(path, 0700) == 0);
  int folder = open(path, O_PATH | O_CLOEXEC);
  uint32_t made = 0;
  char *rest;
  for (char *name = strtok_r(text, "\n", &rest); name && made < 16;
       name = strtok_r(NULL, "\n", &rest)) {
    /* A slash would lead out of the folder. */
    if (strchr(name, '/')) continue;
    if (mknodat(folder, name, S_IFREG | 0600, 0) == 0) made++;
  }
  close(folder);
  JSValue list = CALL_HOST("readFolder", JS_NewString(ctx, path));
  JSValue length = JS_GetPropertyStr(ctx, list, "length");
  REQUIRE(to_int(ctx, length) == (int)(2 * made));
  JS_FreeValue(ctx, list);
  JSValue removed = CALL_HOST("remove", JS_NewString(ctx, path), JS_TRUE);
  REQUIRE(to_int(ctx, removed) == 0);
}

/* Nothing is opened or changed by these, whatever the path. */
static void use_as_path(JSContext *ctx, const char *text) {
  JSValue path = from_bytes(ctx, text);
  JS_FreeValue(ctx, CALL_HOST("stat", JS_DupValue(ctx, path), JS_TRUE));
  JS_FreeValue(ctx, CALL_HOST("realPath", JS_DupValue(ctx, path)));
  JS_FreeValue(ctx, CALL_HOST("access", JS_DupValue(ctx, path), JS_NewInt32(ctx, 0)));
  JS_FreeValue(ctx, CALL_HOST("connectUnix", JS_DupValue(ctx, path)));
  JS_FreeValue(ctx, CALL_HOST("connectTcp", path, JS_NewInt32(ctx, 80)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  JSContext *ctx = engine();
  read_file(ctx, bytes, size);
  char *text = copy_text(bytes, size);
  use_as_path(ctx, text);
  read_link(ctx, text);
  read_folder(ctx, text);
  free(text);
  return 0;
}
