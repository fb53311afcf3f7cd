/* timed COMMAND...: prints how many nanoseconds a command takes, from its start to its exit, and
   exits as it does. What the command prints is dropped. */

#define _GNU_SOURCE
#include <spawn.h>
#include <sys/wait.h>

#include "mark.h"

extern char **environ;

int main(int argc, char **argv) {
  if (argc < 2) return 64;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid;
  int status;
  long long begin = monotonic_ns();
  if (posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ) != 0) return 127;
  if (waitpid(pid, &status, 0) < 0) return 71;
  printf("%lld\n", monotonic_ns() - begin);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
