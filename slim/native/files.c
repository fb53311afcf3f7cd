/* Reads whole files, queries them, and changes their names, modes and owners. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

/* Files under /proc report size 0, so read to the end instead of to the size. */
static int read_to_end(JSContext *ctx, int fd, uint8_t **bytes, size_t *length) {
  size_t capacity = 4096;
  *length = 0;
  *bytes = js_malloc(ctx, capacity);
  for (ssize_t size = 1; *bytes && size > 0; *length += (size_t)size) {
    if (*length == capacity) {
      uint8_t *grown = js_realloc(ctx, *bytes, capacity *= 2);
      if (!grown) break;
      *bytes = grown;
    }
    size = UNINTERRUPTED(read(fd, *bytes + *length, capacity - *length));
    if (size < 0) return -1;
    if (size == 0) return 0;
  }
  errno = ENOMEM;
  return -1;
}

static HOST_FUNCTION(host_read_file) {
  const char *path = to_path(ctx, argv[0]);
  int fd = path ? UNINTERRUPTED(open(path, O_RDONLY | O_CLOEXEC)) : -1;
  JS_FreeCString(ctx, path);
  if (fd < 0) return js_result(ctx, -1);
  uint8_t *bytes;
  size_t length;
  int failed = read_to_end(ctx, fd, &bytes, &length);
  JSValue result = failed ? js_result(ctx, -1) : new_bytes(ctx, bytes, length);
  js_free(ctx, bytes);
  close(fd);
  return result;
}

static HOST_FUNCTION(host_open) {
  const char *path = to_path(ctx, argv[0]);
  int flags = to_int(ctx, argv[1]) | O_CLOEXEC;
  mode_t mode = (mode_t)to_int(ctx, argv[2]);
  JSValue fd = js_result(ctx, path ? UNINTERRUPTED(open(path, flags, mode)) : -1);
  JS_FreeCString(ctx, path);
  return fd;
}

static double milliseconds(struct timespec time) {
  return (double)time.tv_sec * 1e3 + (double)(time.tv_nsec / 1000000);
}

/* stat(path, follow): [mode, size, uid, gid, dev, ino, nlink, rdev, blksize, blocks, mtime, atime,
 * ctime] with times in milliseconds, or -errno */
static HOST_FUNCTION(host_stat) {
  const char *path = to_path(ctx, argv[0]);
  struct stat info;
  bool follow = JS_ToBool(ctx, argv[1]);
  int failed = path ? (follow ? stat(path, &info) : lstat(path, &info)) : -1;
  JS_FreeCString(ctx, path);
  if (failed) return js_result(ctx, -1);
  const double fields[] = {
      info.st_mode,
      (double)info.st_size,
      info.st_uid,
      info.st_gid,
      (double)info.st_dev,
      (double)info.st_ino,
      (double)info.st_nlink,
      (double)info.st_rdev,
      (double)info.st_blksize,
      (double)info.st_blocks,
      milliseconds(info.st_mtim),
      milliseconds(info.st_atim),
      milliseconds(info.st_ctim),
  };
  JSValue list = JS_NewArray(ctx);
  for (uint32_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    JS_SetPropertyUint32(ctx, list, i, JS_NewFloat64(ctx, fields[i]));
  }
  return list;
}

static JSValue text_or_errno(JSContext *ctx, const char *text) {
  return text ? from_bytes(ctx, text) : js_result(ctx, -1);
}

static HOST_FUNCTION(host_read_link) {
  char target[PATH_MAX];
  const char *path = to_path(ctx, argv[0]);
  ssize_t length = path ? readlink(path, target, sizeof target - 1) : -1;
  JS_FreeCString(ctx, path);
  if (length >= 0) target[length] = '\0';
  return text_or_errno(ctx, length < 0 ? NULL : target);
}

static HOST_FUNCTION(host_real_path) {
  char resolved[PATH_MAX];
  const char *path = to_path(ctx, argv[0]);
  JSValue result = text_or_errno(ctx, path ? realpath(path, resolved) : NULL);
  JS_FreeCString(ctx, path);
  return result;
}

static HOST_FUNCTION(host_cwd) {
  char path[PATH_MAX];
  return text_or_errno(ctx, getcwd(path, sizeof path));
}

static JSValue with_two_paths(JSContext *ctx, JSValueConst *argv,
                              int (*call)(const char *, const char *)) {
  const char *one = to_path(ctx, argv[0]), *other = to_path(ctx, argv[1]);
  JSValue result = js_result(ctx, one && other ? call(one, other) : -1);
  JS_FreeCString(ctx, one);
  JS_FreeCString(ctx, other);
  return result;
}

static HOST_FUNCTION(host_symlink) { return with_two_paths(ctx, argv, symlink); }
static HOST_FUNCTION(host_rename) { return with_two_paths(ctx, argv, rename); }

static HOST_FUNCTION(host_chmod) {
  const char *path = to_path(ctx, argv[0]);
  JSValue result = js_result(ctx, path ? chmod(path, (mode_t)to_int(ctx, argv[1])) : -1);
  JS_FreeCString(ctx, path);
  return result;
}

/* chown(path, uid, gid); -1 leaves an id unchanged */
static HOST_FUNCTION(host_chown) {
  const char *path = to_path(ctx, argv[0]);
  uid_t uid = (uid_t)to_int64(ctx, argv[1]);
  gid_t gid = (gid_t)to_int64(ctx, argv[2]);
  JSValue result = js_result(ctx, path ? chown(path, uid, gid) : -1);
  JS_FreeCString(ctx, path);
  return result;
}

static HOST_FUNCTION(host_access) {
  const char *path = to_path(ctx, argv[0]);
  JSValue result = js_result(ctx, path ? access(path, to_int(ctx, argv[1])) : -1);
  JS_FreeCString(ctx, path);
  return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("readFile", 1, host_read_file), JS_CFUNC_DEF("open", 3, host_open),
    JS_CFUNC_DEF("stat", 2, host_stat),          JS_CFUNC_DEF("readLink", 1, host_read_link),
    JS_CFUNC_DEF("realPath", 1, host_real_path), JS_CFUNC_DEF("cwd", 0, host_cwd),
    JS_CFUNC_DEF("symlink", 2, host_symlink),    JS_CFUNC_DEF("rename", 2, host_rename),
    JS_CFUNC_DEF("chmod", 2, host_chmod),        JS_CFUNC_DEF("chown", 3, host_chown),
    JS_CFUNC_DEF("access", 2, host_access),
};

void add_file_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
