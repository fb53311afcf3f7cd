/**
 * Replaces the file of this name in @pkgjs/parseargs, which copies every method of every built-in
 * class. QuickJS creates those at their first use, so the copying took longer than the rest of the
 * start. As CommonJS, because each file that requires an ES module gets a copy of its exports.
 */

const uncurry = (method) => Function.prototype.call.bind(method);

module.exports = {
  ArrayIsArray: Array.isArray,
  ArrayPrototypeFind: uncurry(Array.prototype.find),
  ArrayPrototypeForEach: uncurry(Array.prototype.forEach),
  ArrayPrototypeIncludes: uncurry(Array.prototype.includes),
  ArrayPrototypeJoin: uncurry(Array.prototype.join),
  ArrayPrototypeMap: uncurry(Array.prototype.map),
  ArrayPrototypePush: uncurry(Array.prototype.push),
  ArrayPrototypePushApply: (array, more) => array.push(...more),
  ArrayPrototypeShift: uncurry(Array.prototype.shift),
  ArrayPrototypeSlice: uncurry(Array.prototype.slice),
  ArrayPrototypeUnshiftApply: (array, more) => array.unshift(...more),
  ObjectCreate: Object.create,
  ObjectEntries: Object.entries,
  ObjectFreeze: Object.freeze,
  ObjectPrototypeHasOwnProperty: uncurry(Object.prototype.hasOwnProperty),
  StringPrototypeCharAt: uncurry(String.prototype.charAt),
  StringPrototypeIncludes: uncurry(String.prototype.includes),
  StringPrototypeIndexOf: uncurry(String.prototype.indexOf),
  StringPrototypeSlice: uncurry(String.prototype.slice),
  StringPrototypeStartsWith: uncurry(String.prototype.startsWith),
};
