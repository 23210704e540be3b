// SPDX-License-Identifier: Apache-2.0

/** A key of the US keyboard: its Linux code (linux/input-event-codes.h) and whether Shift is held. */
export interface Key {
  readonly code: number;
  readonly shift: boolean;
}

/** The code of the left Shift key. */
export const leftShift = 42;

/** Rows of the keyboard from their first key's code on: characters without and with Shift. */
const rows: readonly (readonly [first: number, plain: string, shifted: string])[] = [
  [2, "1234567890-=", "!@#$%^&*()_+"],
  [16, "qwertyuiop[]", "QWERTYUIOP{}"],
  [30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [43, "\\zxcvbnm,./", "|ZXCVBNM<>?"],
  [57, " ", " "],
  [28, "\n", "\n"],
];

/** The key that gives a character; throws for a character that the US keyboard lacks. */
export function keyFor(character: string): Key {
  for (const [first, plain, shifted] of rows) {
    if (plain.includes(character)) return { code: first + plain.indexOf(character), shift: false };
    if (shifted.includes(character)) return { code: first + shifted.indexOf(character), shift: true };
  }
  throw new Error(`the US keyboard has no key for ${JSON.stringify(character)}`);
}

/** An xkb keymap of the US keyboard, made of the parts that every xkb installation has. */
export const usKeymap = `xkb_keymap {
  xkb_keycodes { include "evdev+aliases(qwerty)" };
  xkb_types { include "complete" };
  xkb_compat { include "complete" };
  xkb_symbols { include "pc+us+inet(evdev)" };
};
`;
