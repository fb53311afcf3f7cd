/* starter OUTPUT COMMAND...: gives a launcher its output file, marks the moment before its exec,
   and becomes it. What the bench itself takes to start a process is so not counted. */

#define _GNU_SOURCE
#include "mark.h"

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  /* With O_APPEND, as a container engine's log file or pipe behaves: the children share it. */
  int output = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) return 73;
  mark("exec", monotonic_ns());
  execvp(argv[2], argv + 2);
  perror(argv[2]);
  return 127;
}
