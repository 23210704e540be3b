// SPDX-License-Identifier: Apache-2.0
/**
 * There may be several copies of our modules in a process. A program is one file with all of them, and hooks of its
 * user import the library. What one copy has made is no instance of another one's class. So classes whose instances
 * cross from copy to copy know them by a name.
 */

/**
 * Decides `[Symbol.hasInstance]` for a class whose instances have that name in the property `name`. Subclasses are as
 * usual.
 *
 * @param type the class that was asked
 * @param named the class that the name is of
 */
export function isNamed(value: unknown, type: object, named: object, name: string): boolean {
  if (type !== named) return Function.prototype[Symbol.hasInstance].call(type, value);
  return typeof value === "object" && value !== null && "name" in value && value.name === name;
}

/** Returns the state that all copies with the same owner share, such as the addon: made by the first one that asks. */
export function sharedState<State>(owner: object, name: string, make: () => State): State {
  const known = owner as Record<symbol, State | undefined>;
  const key = Symbol.for(`wayland-proxy ${name}`);
  known[key] ??= make();
  return known[key];
}
