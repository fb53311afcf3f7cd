/* A process that stops the children if tandem is killed. The kernel's parent-death signal does that
 * too, but an exec of a file with capabilities, and any change of user, clears it. The guardian
 * learns over a pipe which groups live, and that tandem is gone by the end of that pipe. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

/* A group's leader and the signal for it; signal 0 removes the group. */
struct message {
  pid_t group;
  int signal_number;
};

/* nginx and gunicorn, and room to spare. */
enum { MOST_GROUPS = 8 };

struct groups {
  struct message list[MOST_GROUPS];
  size_t count;
};

static void update_groups(struct groups *groups, struct message message) {
  size_t i = 0;
  while (i < groups->count && groups->list[i].group != message.group) i++;
  if (message.signal_number && i < MOST_GROUPS) {
    groups->list[i] = message;
    if (i == groups->count) groups->count++;
  } else if (!message.signal_number && i < groups->count) {
    groups->list[i] = groups->list[--groups->count];
  }
}

static pid_t guardian; /* 0 if none is running */
static int messages = -1;
static struct groups guarded;

static void close_all_but(int kept) {
  dup2(kept, 0);
  /* By number, because musl lacks it. Kernels before 5.9 do too; the descriptors of tandem have the
   * lowest numbers that were free. */
  if (syscall(SYS_close_range, 1U, ~0U, 0U) == 0) return;
  for (int fd = 1; fd < 4096; fd++) close(fd);
}

_Noreturn static void guard(int inbox) {
  /* On the stack: a page of constants would be mapped with 15 around it. */
  const char name[] = "tandem-guardian", root[] = "/";
  setsid();
  prctl(PR_SET_NAME, name);
  close_all_but(inbox);
  /* Keeps no file system busy. */
  if (chdir(root) != 0) _exit(1);
  struct groups groups = {.count = 0};
  struct message message;
  ssize_t size;
  while ((size = read(0, &message, sizeof message)) != 0) {
    if (size == (ssize_t)sizeof message) update_groups(&groups, message);
  }
  for (size_t i = 0; i < groups.count; i++)
    kill(-groups.list[i].group, groups.list[i].signal_number);
  _exit(0);
}

/* Fails harmlessly if the guardian is gone. */
static void tell(struct message message) {
  if (guardian && write(messages, &message, sizeof message) < 0) errno = 0;
}

static void forget_guardian(void) {
  close(messages);
  guardian = 0;
}

static bool fork_guardian(void) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  /* Stays so in the guardian, which nothing but SIGKILL may end. */
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  /* Otherwise each page that tandem writes to from now on would exist twice. */
  keep_memory_from_fork(true);
  pid_t pid = fork();
  if (pid == 0) guard(ends[0]);
  keep_memory_from_fork(false);
  sigprocmask(SIG_SETMASK, &before, NULL);
  close(ends[0]);
  if (pid < 0) close(ends[1]);
  if (pid < 0) return false;
  guardian = pid;
  messages = ends[1];
  return true;
}

/* Forks nothing as PID 1: the kernel kills the whole pid namespace with it. Called once the group
 * runs, so that no start waits for the fork. The child's parent-death signal covers the 0.2 ms
 * until then, unless its own file has capabilities. */
void guard_group(pid_t group, int signal_number) {
  update_groups(&guarded, (struct message){group, signal_number});
  if (getpid() == 1) return;
  if (guardian && UNINTERRUPTED(waitpid(guardian, NULL, WNOHANG)) != 0) forget_guardian();
  if (guardian) tell((struct message){group, signal_number});
  else if (fork_guardian()) {
    for (size_t i = 0; i < guarded.count; i++) tell(guarded.list[i]);
  }
}

static void forget_group(pid_t group) {
  update_groups(&guarded, (struct message){group, 0});
  tell((struct message){group, 0});
}

/* Forgets the groups that are gone, and ends the guardian with the last one. lib/ calls it before
 * it counts the children of tandem, which then are the orphans of the app. */
void update_guardian(void) {
  for (size_t i = guarded.count; i-- > 0;) {
    pid_t group = guarded.list[i].group;
    if (kill(-group, 0) != 0 && errno == ESRCH) forget_group(group);
  }
  if (!guardian) return;
  bool is_dead = UNINTERRUPTED(waitpid(guardian, NULL, WNOHANG)) != 0;
  if (!is_dead && guarded.count > 0) return;
  pid_t last = guardian;
  if (!is_dead) kill(guardian, SIGKILL);
  /* Before the wait: the end of the pipe ends the guardian if the kill was refused. */
  forget_guardian();
  if (!is_dead) UNINTERRUPTED(waitpid(last, NULL, 0));
}

bool is_guardian(pid_t pid) { return guardian && pid == guardian; }

bool has_guarded_groups(void) { return guarded.count > 0; }

enum {
  /* The default grace period and what of it is nginx's, as in lib/plan/launch_plan.ts. */
  GRACE_MS = 25000,
  NGINX_MS = 20000,
  /* As in lib/supervise/drain.ts: a process that is just starting can lose a signal. */
  REPEAT_MS = 1500,
  CHECK_MS = 10,
  /* A killed process may be in an uninterruptible wait. */
  KILLED_MS = 1000,
};

static bool is_gone(pid_t group) {
  while (waitpid(-group, NULL, WNOHANG) > 0) continue;
  return kill(-group, 0) != 0 && errno == ESRCH;
}

static void stop_group(struct message group, int64_t deadline) {
  int64_t next_signal = 0;
  while (!is_gone(group.group)) {
    int64_t now = monotonic_ns() / 1000000;
    if (now > deadline + KILLED_MS) return;
    if (now >= next_signal) {
      kill(-group.group, now < deadline ? group.signal_number : SIGKILL);
      next_signal = now + REPEAT_MS < deadline ? now + REPEAT_MS : deadline;
    }
    poll(NULL, 0, CHECK_MS);
  }
}

/* At tandem's exit, when nobody asks for a status any more. A group that still runs keeps the
 * guardian, which then ends it. */
void end_guardian(void) {
  for (size_t i = 0; i < guarded.count; i++) (void)is_gone(guarded.list[i].group);
  update_guardian();
}

/* The drain without JavaScript and without an allocation: nginx, which started last, then gunicorn.
 * Nobody reads their output meanwhile; one that blocks on it is killed at its deadline. */
void stop_guarded_groups(void) {
  int64_t start = monotonic_ns() / 1000000;
  while (guarded.count > 0) {
    struct message group = guarded.list[guarded.count - 1];
    stop_group(group, start + (guarded.count > 1 ? NGINX_MS : GRACE_MS));
    forget_group(group.group);
  }
}
