/* storm COUNT SECONDS: leaves orphans to the init of its pid namespace and prints "ready". When its
   stdin ends, all of them exit at the same time, and it prints how many nanoseconds later the last
   of them has been reaped, or "-1" if there are zombies after SECONDS. */

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "mark.h"

/* Starts the orphans, which wait until nobody has `held` open. */
static void leave_orphans(long count, pid_t *pids, const int held[2]) {
  close(held[1]);
  for (long i = 0; i < count; i++) {
    pid_t pid = fork();
    if (pid < 0) _exit(71);
    if (pid > 0) {
      pids[i] = pid;
      continue;
    }
    char byte;
    if (read(held[0], &byte, 1) < 0) _exit(74);
    _exit(0);
  }
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  long count = atol(argv[1]);
  size_t size = (size_t)count * sizeof(pid_t);
  pid_t *pids = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int held[2], status;
  if (pids == MAP_FAILED || pipe(held) != 0) return 71;
  pid_t mother = fork();
  if (mother == 0) leave_orphans(count, pids, held);
  if (waitpid(mother, &status, 0) < 0 || status != 0) return 71;
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
  long long begin = monotonic_ns(), end = begin + atoll(argv[2]) * 1000000000LL;
  close(held[1]);
  for (long i = 0; i < count;) {
    if (kill(pids[i], 0) != 0 && errno == ESRCH) {
      i++;
    } else if (monotonic_ns() > end) {
      puts("-1");
      return 0;
    } else {
      usleep(200);
    }
  }
  printf("%lld\n", monotonic_ns() - begin);
  return 0;
}
