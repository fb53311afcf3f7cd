/* Creates, lists and removes folders. */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

static HOST_FUNCTION(host_mkdir) {
  const char *path = to_path(ctx, argv[0]);
  JSValue result = js_result(ctx, path ? mkdir(path, (mode_t)to_int(ctx, argv[1])) : -1);
  JS_FreeCString(ctx, path);
  return result;
}

static bool is_self_or_parent(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Some file systems report DT_UNKNOWN, which costs an fstatat. */
static int entry_type(DIR *folder, const struct dirent *entry) {
  struct stat info;
  if (entry->d_type != DT_UNKNOWN) return DTTOIF(entry->d_type);
  bool is_known = fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0;
  return is_known ? (int)(info.st_mode & S_IFMT) : 0;
}

/* Unlike opendir(), fdopendir() fails with ENOMEM only if libc is refused memory. */
static DIR *list_folder(int fd) {
  DIR *folder = fdopendir(fd);
  if (!folder && errno == ENOMEM) exit_out_of_memory();
  int failure = errno;
  if (!folder) close(fd);
  errno = failure;
  return folder;
}

/* [name, type bits of the mode, name, type bits, ...], or -errno */
static HOST_FUNCTION(host_read_folder) {
  const char *path = to_path(ctx, argv[0]);
  int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  DIR *folder = fd >= 0 ? list_folder(fd) : NULL;
  JS_FreeCString(ctx, path);
  if (!folder) return js_result(ctx, -1);
  JSValue list = JS_NewArray(ctx);
  uint32_t count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (is_self_or_parent(entry->d_name)) continue;
    JS_SetPropertyUint32(ctx, list, count++, from_bytes(ctx, entry->d_name));
    JS_SetPropertyUint32(ctx, list, count++, JS_NewInt32(ctx, entry_type(folder, entry)));
  }
  closedir(folder);
  return list;
}

static int remove_tree_at(int parent, const char *name);

static int empty_folder(int fd) {
  DIR *folder = list_folder(fd);
  if (!folder) return -1;
  int failed = 0;
  for (struct dirent *entry; !failed && (entry = readdir(folder));) {
    /* Another process may have removed it since readdir(). */
    if (!is_self_or_parent(entry->d_name) && remove_tree_at(dirfd(folder), entry->d_name) != 0) {
      failed = errno == ENOENT ? 0 : -1;
    }
  }
  int failure = errno;
  closedir(folder);
  errno = failure;
  return failed;
}

/* Works by descriptor and never follows links, so that a link swapped in during the removal cannot
 * redirect it to other files. */
static int remove_tree_at(int parent, const char *name) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno != ENOTDIR && errno != ELOOP) return -1;
  if (fd < 0) return unlinkat(parent, name, 0);
  return empty_folder(fd) == 0 ? unlinkat(parent, name, AT_REMOVEDIR) : -1;
}

static HOST_FUNCTION(host_remove) {
  const char *path = to_path(ctx, argv[0]);
  struct stat info;
  int failed = path ? lstat(path, &info) : -1;
  if (!failed && JS_ToBool(ctx, argv[1])) failed = remove_tree_at(AT_FDCWD, path);
  else if (!failed) failed = S_ISDIR(info.st_mode) ? rmdir(path) : unlink(path);
  JS_FreeCString(ctx, path);
  return js_result(ctx, failed);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("mkdir", 2, host_mkdir),
    JS_CFUNC_DEF("readFolder", 1, host_read_folder),
    JS_CFUNC_DEF("remove", 2, host_remove),
};

void add_folder_functions(JSContext *ctx, JSValueConst host) {
  JS_SetPropertyFunctionList(ctx, host, functions, sizeof functions / sizeof *functions);
}
