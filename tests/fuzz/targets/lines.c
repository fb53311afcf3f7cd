/* Output of the children: how the relay splits, joins and formats it. */

#include "../engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  call_parser("lines", bytes, size);
  return 0;
}
