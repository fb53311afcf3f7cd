/* What the stand-ins for nginx and gunicorn need to serve. */

#ifndef SERVING_H
#define SERVING_H

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* The argument after the last such flag; `-c/path` in one argument is not supported. */
static inline const char *after(char **argv, const char *flag) {
  const char *found = NULL;
  for (; *argv; argv++) {
    if (strcmp(*argv, flag) == 0) found = argv[1];
  }
  return found;
}

/* Returns -1 if it fails. The path of the socket is `bind_to` without "unix:". */
static inline int listen_on_socket(const char *bind_to) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (!bind_to || strncmp(bind_to, "unix:", 5) != 0) return -1;
  strncpy(address.sun_path, bind_to + 5, sizeof address.sun_path - 1);
  unlink(address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return fd;
}

/* Answers 200 and closes the connection. Returns the begin of the request. */
static inline const char *answer(int fd) {
  static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  static char request[4096];
  /* One connection at a time is enough if a silent client cannot block the others for long. */
  struct timeval patience = {.tv_usec = 200000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ssize_t length = read(fd, request, sizeof request - 1);
  request[length > 0 ? length : 0] = 0;
  if (length > 0) send(fd, ok, sizeof ok - 1, MSG_NOSIGNAL);
  close(fd);
  return request;
}

#endif
