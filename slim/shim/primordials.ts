/**
 * In place of the file of this name in @pkgjs/parseargs, which copies every method of every built-in class:
 * on QuickJS, which makes them at their first use, that alone would take longer than the rest of the start.
 */

/** Makes `this` the first parameter. */
// deno-lint-ignore no-explicit-any -- the types are those of the methods
const uncurried = (method: any) => Function.prototype.call.bind(method);

export const ArrayIsArray = Array.isArray;
export const ArrayPrototypeFind = uncurried(Array.prototype.find);
export const ArrayPrototypeForEach = uncurried(Array.prototype.forEach);
export const ArrayPrototypeIncludes = uncurried(Array.prototype.includes);
export const ArrayPrototypeJoin = uncurried(Array.prototype.join);
export const ArrayPrototypeMap = uncurried(Array.prototype.map);
export const ArrayPrototypePush = uncurried(Array.prototype.push);
export const ArrayPrototypePushApply = (array: unknown[], more: unknown[]) => array.push(...more);
export const ArrayPrototypeShift = uncurried(Array.prototype.shift);
export const ArrayPrototypeSlice = uncurried(Array.prototype.slice);
export const ArrayPrototypeUnshiftApply = (array: unknown[], more: unknown[]) =>
  array.unshift(...more);
export const ObjectCreate = Object.create;
export const ObjectEntries = Object.entries;
export const ObjectFreeze = Object.freeze;
export const ObjectPrototypeHasOwnProperty = uncurried(Object.prototype.hasOwnProperty);
export const StringPrototypeCharAt = uncurried(String.prototype.charAt);
export const StringPrototypeIncludes = uncurried(String.prototype.includes);
export const StringPrototypeIndexOf = uncurried(String.prototype.indexOf);
export const StringPrototypeSlice = uncurried(String.prototype.slice);
export const StringPrototypeStartsWith = uncurried(String.prototype.startsWith);
