// What the compiler and the linker do against memory errors in the slim edition; docs/decisions/ has the reasons.

import type { Flavour } from "./quickjs.ts";

/** `_FORTIFY_SOURCE` is not among them: musl's headers have no checked functions, so it does nothing. */
const always = [
  "-fPIE",
  "-fwrapv",
  "-fstack-protector-strong",
  "-fstack-clash-protection",
];

/** For all C files, the engine's too. */
export const hardening: Record<Flavour["arch"], string[]> = {
  x86_64: [...always, "-fcf-protection=full"],
  aarch64: [...always, "-mbranch-protection=standard"],
};

/** musl's wrapper of gcc knows no -static-pie: it would link Scrt1.o, which leaves the relocations undone. */
export const hardenedLink = [
  "-static-pie",
  "-nostartfiles",
  "-Wl,-static,--no-dynamic-linker",
  "-Wl,-z,text,-z,relro,-z,now,-z,noexecstack,-z,separate-code",
  ...["-l:rcrt1.o", "-l:crti.o", "-l:crtn.o"],
];
