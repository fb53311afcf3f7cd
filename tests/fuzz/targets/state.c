/* State files, which may be another user's: lib/host/state/schema.ts. */

#include "../engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  call_parser("state", bytes, size);
  return 0;
}
