import assert from "node:assert/strict";

/** Tags are balanced, entities are those of XML, and no bracket is unescaped. */
export function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g,
    (_, closes: string, name: string, _attributes: string, empty: string) => {
      if (closes) assert.equal(open.pop(), name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(xml, /&(?!(?:amp|lt|gt|quot|apos);)/);
  // deno-lint-ignore no-control-regex -- XML has no place for them
  assert.doesNotMatch(xml, /[\x00-\x08\x0b-\x1f]/);
}
