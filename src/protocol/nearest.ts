// SPDX-License-Identifier: Apache-2.0
/** The name most like a mistyped one, for a hint; undefined when none is near. A name that holds it is nearest of all. */
export function nearest(mistyped: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  // More wrong letters than a third make it another name.
  let least = Math.floor(mistyped.length / 3) + 1;
  for (const name of names) {
    if (mistyped.length >= 4 && name.includes(mistyped)) return name;
    const distance = editDistance(mistyped, name);
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** How many letters must be added, removed or replaced to make one of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
