/* starter OUTPUT COMMAND...: opens a launcher's output file, marks the time, and execs the
   launcher. So the time that the benchmark takes to start a process is not counted. */

#define _GNU_SOURCE
#include "mark.h"

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  /* O_APPEND, because the children share the file, as they share a container's log. */
  int output = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) return 73;
  mark("exec", monotonic_ns());
  execvp(argv[2], argv + 2);
  perror(argv[2]);
  return 127;
}
