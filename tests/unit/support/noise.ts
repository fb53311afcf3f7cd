/** Arbitrary texts for property tests of parsers. */

import fc from "fast-check";

/**
 * Every code point, including lone surrogates; control characters and the rest of ASCII are more frequent.
 * fast-check's own "binary" unit does the same but takes a second to set up.
 */
export const noise: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(fc.nat(0x1f), fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff))
    .map((codePoint) => String.fromCodePoint(codePoint)),
  maxLength: 100,
});
