import fc from "fast-check";

/**
 * Any text at all: every code point, lone surrogates too, the control characters and the rest of ASCII more often.
 * (fast-check's own "binary" characters do the same but take a second to set up.)
 */
export const noise: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(fc.nat(0x1f), fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff))
    .map((codePoint) => String.fromCodePoint(codePoint)),
  maxLength: 100,
});
