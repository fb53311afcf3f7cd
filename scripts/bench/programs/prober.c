/* prober PORT SECONDS: requests /ping every millisecond until the status is 200, and prints the
   time of that and how many other answers came before: "nanoseconds others". Exits 1 after SECONDS.
 */

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "mark.h"

/* Returns the status, or 0 if the connection is refused or no answer comes. */
static int ask(int port) {
  static const char request[] = "GET /ping HTTP/1.0\r\nHost: localhost\r\n\r\n";
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  /* Like a client, waits for a server that has accepted the connection but is not up yet. */
  struct timeval patience = {.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

  char answer[16] = "";
  size_t length = 0;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
      send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
    ssize_t count;
    while (length < 12 && (count = read(fd, answer + length, 12 - length)) > 0) length += count;
  }
  close(fd);
  return strncmp(answer, "HTTP/1.", 7) == 0 && length == 12 ? atoi(answer + 9) : 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  int port = atoi(argv[1]);
  long long end = monotonic_ns() + atoll(argv[2]) * 1000000000LL;
  int others = 0;
  while (monotonic_ns() < end) {
    int status = ask(port);
    if (status == 200) {
      printf("%lld %d\n", monotonic_ns(), others);
      return 0;
    }
    others += status != 0;
    usleep(1000);
  }
  return 1;
}
