/* gauge KIND MARK COUNT RESULT COMMAND...: execs a command with a pipe or a socket as its stdout,
   and RESULT.stderr as its stderr. A process in the background reads stdout like `cat`. It writes
   the time of mark COUNT, in nanoseconds, to RESULT, and the number of marks that were read in all,
   at the end of the output, to RESULT.total. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mark.h"

static void write_number(const char *path, long long number) {
  char fresh[4096];
  snprintf(fresh, sizeof fresh, "%s.new", path);
  FILE *file = fopen(fresh, "w");
  if (!file) exit(73);
  fprintf(file, "%lld\n", number);
  fclose(file);
  rename(fresh, path);
}

static void read_marks(int fd, const char *mark, long wanted, const char *path) {
  static char bytes[128 * 1024];
  size_t length = strlen(mark), kept = 0;
  long marks = 0;
  for (ssize_t size; (size = read(fd, bytes + kept, sizeof bytes - kept)) > 0;) {
    size_t filled = kept + (size_t)size, at = 0;
    long before = marks;
    for (const char *found; (found = memmem(bytes + at, filled - at, mark, length)); marks++) {
      at = (size_t)(found - bytes) + length;
    }
    if (before < wanted && marks >= wanted) write_number(path, monotonic_ns());
    /* The begin of a mark whose rest has not been read yet. */
    kept = filled - at < length ? filled - at : length - 1;
    memmove(bytes, bytes + filled - kept, kept);
  }
  char total[4096];
  snprintf(total, sizeof total, "%s.total", path);
  write_number(total, marks);
}

int main(int argc, char **argv) {
  if (argc < 6) return 64;
  int ends[2];
  int failed =
      strcmp(argv[1], "socket") == 0 ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends);
  if (failed) return 71;
  /* Forked twice: the command must not have a child that it did not start. */
  if (fork() == 0) {
    if (fork() == 0) {
      close(ends[1]);
      read_marks(ends[0], argv[2], atol(argv[3]), argv[4]);
    }
    _exit(0);
  }
  wait(NULL);
  char path[4096];
  snprintf(path, sizeof path, "%s.stderr", argv[4]);
  int errors = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  dup2(ends[1], 1);
  dup2(errors, 2);
  close(ends[0]);
  close(ends[1]);
  execvp(argv[5], argv + 5);
  return 127;
}
