/* nginx.conf, and the output of nginx -T: lib/nginx/. */

#include "../engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  call_parser("conf", bytes, size);
  return 0;
}
