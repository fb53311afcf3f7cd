/* The HTTP answer to a readiness probe: lib/host/net/http.ts over a socket. */

#include "../engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  serve_answer(bytes, size);
  call_parser("answer", bytes, size);
  serve_answer(NULL, 0);
  return 0;
}
