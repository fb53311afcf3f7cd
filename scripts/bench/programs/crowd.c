/* Stands in for a gunicorn with more workers than the machine has memory for: it forks as many as
   `-w` says, which do nothing, and answers from the master. A request to /invocations starts
   another child, which writes LINES log lines at a steady LINES_PER_SECOND, each with one write as
   Python's logging does, and marks the begin and the end. */

#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "mark.h"
#include "serving.h"

static const char *socket_path;

static void end(int number) {
  (void)number;
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  while (wait(NULL) > 0) {
  }
  unlink(socket_path);
  _exit(0);
}

/* Returns 0 in the child, which ends with its parent. */
static pid_t fork_worker(void) {
  pid_t pid = fork();
  if (pid == 0) {
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  return pid;
}

static long number_of(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static void write_lines(void) {
  long lines = number_of("LINES"), rate = number_of("LINES_PER_SECOND");
  long long begin = monotonic_ns();
  mark("writing", begin);
  for (long line = 0; line < lines; line++) {
    long long due = begin + line * 1000000000LL / rate;
    while (monotonic_ns() < due) {
      struct timespec rest = {.tv_nsec = 200000};
      nanosleep(&rest, NULL);
    }
    dprintf(1, "2024-01-01 00:00:00,000 INFO model: steady line %ld of a usual length, 80 bytes\n",
            line);
  }
  mark("written", monotonic_ns());
}

int main(int argc, char **argv) {
  const char *workers = after(argv, "-w"), *bind_to = after(argv, "-b");
  (void)argc;
  if (!workers || !bind_to) return 64;
  int fd = listen_on_socket(bind_to);
  if (fd < 0 || chmod(bind_to + strlen("unix:"), 0777) != 0) return 1;
  socket_path = bind_to + strlen("unix:");
  for (long i = atol(workers); i > 0; i--) {
    pid_t pid = fork_worker();
    if (pid < 0) return 71;
    if (pid == 0) {
      close(fd);
      for (;;) pause();
    }
  }
  signal(SIGTERM, end);
  if (listen(fd, 128) != 0) return 71;
  for (;;) {
    int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) continue;
    if (!strstr(answer(connection), " /invocations")) continue;
    if (fork_worker() == 0) {
      write_lines();
      _exit(0);
    }
  }
}
