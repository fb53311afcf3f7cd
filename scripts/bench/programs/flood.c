/* flood PORT PATH REQUESTS: sends pipelined requests over a few connections, as fast as one server
   process answers, and prints the time of its start in nanoseconds. It needs little CPU time, which
   it would take from the server. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4, BATCH = 128 };

static struct {
  int fd;
  long to_send; /* requests */
  long to_come; /* bytes of the current batch */
} connections[CONNECTIONS];

static char batch[BATCH * 512];
static size_t request_length;
static long answer_length;

static int connect_to(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
  return fd;
}

static void send_all(int fd, size_t length) {
  for (size_t sent = 0; sent < length;) {
    ssize_t size = send(fd, batch + sent, length - sent, MSG_NOSIGNAL);
    if (size <= 0) exit(2);
    sent += (size_t)size;
  }
}

/* All answers have the length of the first: they have no body, and a date of a fixed width. */
static void measure_answer(int fd) {
  char answer[4096];
  send_all(fd, request_length);
  long length = recv(fd, answer, sizeof answer - 1, 0);
  if (length <= 0) exit(3);
  answer[length] = 0;
  if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || !strstr(answer, "\r\n\r\n")) exit(4);
  answer_length = length;
}

static void send_batch(int i) {
  long count = connections[i].to_send < BATCH ? connections[i].to_send : BATCH;
  connections[i].to_send -= count;
  connections[i].to_come = count * answer_length;
  send_all(connections[i].fd, (size_t)count * request_length);
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  for (int i = 0; i < BATCH; i++) {
    const char *end = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    request_length = (size_t)sprintf(batch + i * request_length, "GET %s%s", argv[2], end);
  }
  int port = atoi(argv[1]);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf("%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);

  long share = atol(argv[3]) / CONNECTIONS;
  for (int i = 0; i < CONNECTIONS; i++) {
    connections[i].fd = connect_to(port);
    measure_answer(connections[i].fd);
    connections[i].to_send = share - 1;
    send_batch(i);
  }
  for (int open = CONNECTIONS; open > 0;) {
    struct pollfd polled[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
      polled[i] =
          (struct pollfd){.fd = connections[i].to_come ? connections[i].fd : -1, .events = POLLIN};
    }
    poll(polled, CONNECTIONS, -1);
    for (int i = 0; i < CONNECTIONS; i++) {
      static char answers[256 * 1024];
      if (!polled[i].revents) continue;
      ssize_t size = recv(connections[i].fd, answers, sizeof answers, 0);
      if (size <= 0) return 5;
      connections[i].to_come -= size;
      if (connections[i].to_come > 0) continue;
      if (connections[i].to_send > 0) send_batch(i);
      else open--;
    }
  }
  return 0;
}
