/* Tables of the kernel: /proc/PID/stat, sockets, control groups. */

#include "../engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  call_parser("proc", bytes, size);
  return 0;
}
