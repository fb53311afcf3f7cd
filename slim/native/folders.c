/* Folders: made, listed, removed. */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

/* mkdir(path, mode) */
static HOST_FUNCTION(host_mkdir) {
  const char *path = path_of(ctx, argv[0]);
  JSValue answer = outcome(ctx, path ? mkdir(path, (mode_t)int_of(ctx, argv[1])) : -1);
  JS_FreeCString(ctx, path);
  return answer;
}

static bool is_self_or_parent(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The type bits of a mode; not every file system tells the type with the name. */
static int type_of(DIR *folder, const struct dirent *entry) {
  struct stat info;
  if (entry->d_type != DT_UNKNOWN) return DTTOIF(entry->d_type);
  bool is_known = fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0;
  return is_known ? (int)(info.st_mode & S_IFMT) : 0;
}

/* [name, type bits, name, type bits, ...], or a negative errno */
static HOST_FUNCTION(host_read_folder) {
  const char *path = path_of(ctx, argv[0]);
  DIR *folder = path ? opendir(path) : NULL;
  JS_FreeCString(ctx, path);
  if (!folder) return outcome(ctx, -1);
  JSValue list = JS_NewArray(ctx);
  uint32_t count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (is_self_or_parent(entry->d_name)) continue;
    JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, entry->d_name));
    JS_SetPropertyUint32(ctx, list, count++, JS_NewInt32(ctx, type_of(folder, entry)));
  }
  closedir(folder);
  return list;
}

static int remove_at(int parent, const char *name);

static int empty_folder(int fd) {
  DIR *folder = fdopendir(fd);
  if (!folder) return close(fd), -1;
  int failed = 0;
  for (struct dirent *entry; !failed && (entry = readdir(folder));) {
    /* Gone in the meantime is what was wanted. */
    if (!is_self_or_parent(entry->d_name) && remove_at(dirfd(folder), entry->d_name) != 0) {
      failed = errno == ENOENT ? 0 : -1;
    }
  }
  int failure = errno;
  closedir(folder);
  errno = failure;
  return failed;
}

/* By descriptors and without following links: a link put in the way in time leads to nobody else's
 * files. */
static int remove_at(int parent, const char *name) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno != ENOTDIR && errno != ELOOP) return -1;
  if (fd < 0) return unlinkat(parent, name, 0);
  return empty_folder(fd) == 0 ? unlinkat(parent, name, AT_REMOVEDIR) : -1;
}

/* remove(path, recursive): a file, a link, an empty folder; or all that is in it as well */
static HOST_FUNCTION(host_remove) {
  const char *path = path_of(ctx, argv[0]);
  struct stat info;
  int failed = path ? lstat(path, &info) : -1;
  if (!failed && JS_ToBool(ctx, argv[1])) failed = remove_at(AT_FDCWD, path);
  else if (!failed) failed = S_ISDIR(info.st_mode) ? rmdir(path) : unlink(path);
  JS_FreeCString(ctx, path);
  return outcome(ctx, failed);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("mkdir", 2, host_mkdir),
    JS_CFUNC_DEF("readFolder", 1, host_read_folder),
    JS_CFUNC_DEF("remove", 2, host_remove),
};

void add_folder_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
