/**
 * Replaces the file of this name in @pkgjs/parseargs, which copies every method of every built-in
 * class. QuickJS creates those at their first use, so the copying took longer than the rest of the
 * start.
 */

// deno-lint-ignore no-explicit-any -- the types are those of the methods
const uncurry = (method: any) => Function.prototype.call.bind(method);

export const ArrayIsArray = Array.isArray;
export const ArrayPrototypeFind = uncurry(Array.prototype.find);
export const ArrayPrototypeForEach = uncurry(Array.prototype.forEach);
export const ArrayPrototypeIncludes = uncurry(Array.prototype.includes);
export const ArrayPrototypeJoin = uncurry(Array.prototype.join);
export const ArrayPrototypeMap = uncurry(Array.prototype.map);
export const ArrayPrototypePush = uncurry(Array.prototype.push);
export const ArrayPrototypePushApply = (array: unknown[], more: unknown[]) => array.push(...more);
export const ArrayPrototypeShift = uncurry(Array.prototype.shift);
export const ArrayPrototypeSlice = uncurry(Array.prototype.slice);
export const ArrayPrototypeUnshiftApply = (array: unknown[], more: unknown[]) =>
  array.unshift(...more);
export const ObjectCreate = Object.create;
export const ObjectEntries = Object.entries;
export const ObjectFreeze = Object.freeze;
export const ObjectPrototypeHasOwnProperty = uncurry(Object.prototype.hasOwnProperty);
export const StringPrototypeCharAt = uncurry(String.prototype.charAt);
export const StringPrototypeIncludes = uncurry(String.prototype.includes);
export const StringPrototypeIndexOf = uncurry(String.prototype.indexOf);
export const StringPrototypeSlice = uncurry(String.prototype.slice);
export const StringPrototypeStartsWith = uncurry(String.prototype.startsWith);
