/* Ends tandem when memory runs out. QuickJS survives few failed allocations: of most it makes an
 * exception that JavaScript catches for another reason, a missing property, or a crash. So none of
 * its allocations, nor of ours, ever returns NULL. */

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

enum {
  EX_OSERR = 71,
  /* The reader of stderr may have stopped reading. */
  WRITE_MS = 1000,
};

/* Without an allocation, as all that follows. */
static void say(const char *line) {
  struct pollfd polled = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (poll(&polled, 1, WRITE_MS) <= 0) return;
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
}

_Noreturn void exit_out_of_memory(void) {
  bool has_groups = has_guarded_groups();
  say(has_groups ? "tandem: out of memory, stopping nginx and gunicorn: check ulimit -v\n"
                 : "tandem: out of memory: check ulimit -v\n");
  if (has_groups) stop_guarded_groups();
  /* Without exit handlers: the state that they would use may be half changed. */
  _exit(EX_OSERR);
}

void *resize_memory(void *pointer, size_t size) {
  void *resized = realloc(pointer, size);
  if (!resized) exit_out_of_memory();
  return resized;
}
