/* Makes allocations fail, in the build with sanitizers only: there the linker sends each call of
 * these functions, the engine's too, to its __wrap_ form.
 *
 *   FAILING_ALLOCATION=N    the Nth allocation fails
 *   FAILING_ALLOCATION=N+   so do all after it
 *   ALLOCATION_COUNT=PATH   writes how many there were to the file when the process exits */

#ifdef FAILING_ALLOCATIONS

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long count, first_failing;
static bool fails_on;

static void write_count(void) {
  const char *path = getenv("ALLOCATION_COUNT");
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) dprintf(file, "%lu\n", count);
}

__attribute__((constructor)) static void read_settings(void) {
  const char *failing = getenv("FAILING_ALLOCATION");
  char *end = NULL;
  if (failing) first_failing = strtoul(failing, &end, 10);
  fails_on = end && *end == '+';
  if (getenv("ALLOCATION_COUNT")) atexit(write_count);
}

static bool fails(void) {
  count++;
  bool is_failing =
      first_failing && (count == first_failing || (fails_on && count > first_failing));
  if (is_failing) errno = ENOMEM;
  return is_failing;
}

#define WRAP(type, name, parameters, ...)                                                          \
  type __real_##name parameters;                                                                   \
  type __wrap_##name parameters;                                                                   \
  type __wrap_##name parameters { return fails() ? NULL : __real_##name(__VA_ARGS__); }

WRAP(void *, malloc, (size_t size), size)
WRAP(void *, calloc, (size_t number, size_t size), number, size)
WRAP(void *, realloc, (void *pointer, size_t size), pointer, size)
WRAP(char *, strdup, (const char *text), text)
/* libc allocates in these, where the linker cannot reach. */
WRAP(DIR *, fdopendir, (int fd), fd)

int __real_setenv(const char *name, const char *value, int replaces);
int __wrap_setenv(const char *name, const char *value, int replaces);
int __wrap_setenv(const char *name, const char *value, int replaces) {
  return fails() ? -1 : __real_setenv(name, value, replaces);
}

#else
/* C wants a declaration in each file. */
typedef int no_failing_allocations;
#endif
