/* Stands in for nginx or gunicorn, depending on argv[0], and is ready at once, so that only the
   launcher's own time is measured. It first marks the time. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "mark.h"
#include "serving.h"

static const char *socket_path;

static void end(int number) {
  (void)number;
  if (socket_path) unlink(socket_path);
  _exit(0);
}

static int has(char **argv, const char *flag) {
  for (; *argv; argv++) {
    if (strcmp(*argv, flag) == 0) return 1;
  }
  return 0;
}

static char *read_conf(const char *path) {
  static char conf[65536];
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  ssize_t length = fd < 0 ? -1 : read(fd, conf, sizeof conf - 1);
  if (length < 0) exit(1);
  close(fd);
  conf[length] = 0;
  return conf;
}

static int listen_on_port(const char *conf) {
  const char *line = strstr(conf, "listen ");
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(line ? atoi(line + 7) : 0)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return fd;
}

int main(int argc, char **argv) {
  long long now = monotonic_ns();
  const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
  int is_nginx = strcmp(name, "nginx") == 0;
  int dumps = is_nginx && has(argv, "-T"), tests = is_nginx && has(argv, "-t");
  mark(dumps || tests ? "nginx-test" : name, now);
  (void)argc;

  signal(SIGTERM, end);
  signal(SIGQUIT, end);
  signal(SIGINT, end);
  if (tests) return 0;
  const char *conf = is_nginx ? read_conf(after(argv, "-c")) : NULL;
  if (has(argv, "-V")) {
    const char *folders = "--http-client-body-temp-path=/var/lib/nginx/body "
                          "--http-proxy-temp-path=/var/lib/nginx/proxy";
    fprintf(stderr, "nginx version: nginx/1.22.1\nconfigure arguments: %s\n", folders);
  }
  if (dumps) {
    printf("# configuration file %s:\n%s\n", after(argv, "-c"), conf);
    return 0;
  }
  const char *bind_to = after(argv, "-b");
  if (bind_to) socket_path = bind_to + strlen("unix:");
  int fd = is_nginx ? listen_on_port(conf) : listen_on_socket(bind_to);
  if (fd < 0 || listen(fd, 128) != 0) {
    perror(name);
    return 1;
  }
  for (;;) {
    int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (connection >= 0) answer(connection);
  }
}
