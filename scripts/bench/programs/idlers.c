/* idlers PORT PATH COUNT: opens connections, gets an answer to one request on each and prints
   "ready". Keeps all of them open until its stdin ends. */

#include <arpa/inet.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "mark.h"

static void open_connection(int port, const char *path) {
  char request[256];
  int length =
      snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) < 0) exit(2);
  char answer[4096];
  ssize_t size = recv(fd, answer, sizeof answer - 1, 0);
  answer[size > 0 ? size : 0] = 0;
  if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || strstr(answer, "Connection: close")) exit(3);
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  for (long i = atol(argv[3]); i > 0; i--) open_connection(atoi(argv[1]), argv[2]);
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
  return 0;
}
