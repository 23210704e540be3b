// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { WlObject } from "../../../../src/wire/wl-object.ts";
import { UserInput } from "../../../../src/xwayland/input/user-input.ts";

/** Only which one it is counts. */
const object = (): WlObject<never> => ({ is: () => false }) as unknown as WlObject<never>;

describe("what the user does in X windows", () => {
  const [seat, pointer, keyboard, touch, one, other] = Array.from({ length: 6 }, object) as [
    WlObject<never>,
    WlObject<never>,
    WlObject<never>,
    WlObject<never>,
    WlObject<never>,
    WlObject<never>,
  ];
  let input: UserInput;
  beforeEach(() => {
    input = new UserInput();
    for (const device of [pointer, keyboard, touch]) input.deviceMade(seat, device);
  });

  it("is known by its latest serial, with the seat", () => {
    assert.equal(input.latest?.serial, undefined);
    input.pointerEnters(one);
    input.button(pointer, 1, true, 5);
    input.key(keyboard, true, 6);
    input.key(keyboard, false, 7);
    assert.equal(input.latest?.serial, 6, "which went down");
    assert.equal(input.latest?.seat, seat);
    assert.equal(input.serial, 7);
  });

  it("is known for each surface", () => {
    input.pointerEnters(one);
    input.button(pointer, 1, true, 5);
    input.button(pointer, 1, false, 6);
    input.touch(touch, other, 7);
    assert.deepEqual([input.pressIn(one)?.serial, input.pressIn(other)?.serial], [5, 7]);
    assert.equal(input.pressIn(seat)?.serial, undefined);
  });

  it("holds a button until it is released, or the pointer is taken away", () => {
    input.pointerEnters(one);
    input.button(pointer, 1, true, 5);
    assert.equal(input.held?.serial, 5);
    input.button(pointer, 2, true, 6);
    assert.equal(input.held?.serial, undefined, "it is not one alone");
    input.button(pointer, 2, false, 7);
    assert.equal(input.held?.serial, 5);
    input.pointerLeaves();
    assert.equal(input.held?.serial, undefined);
  });

  it("proves nothing when its seat is gone", () => {
    const lost = object();
    input.deviceMade(lost, pointer);
    input.pointerEnters(one);
    input.button(pointer, 1, true, 5);
    assert.deepEqual([input.latest?.serial, input.held?.serial, input.pressIn(one)?.serial], [5, 5, 5]);
    lost.clientGone = true;
    assert.deepEqual([input.latest, input.held, input.pressIn(one)], [null, null, null]);
  });

  it("is reported with each new serial", () => {
    const serials: number[] = [];
    input.onSerial(() => serials.push(input.serial));
    input.keyboardEnters(keyboard, 3);
    input.key(keyboard, true, 4);
    assert.deepEqual(serials, [3, 4]);
    assert.ok(input.hasKeyboard);
    input.keyboardLeaves(keyboard);
    assert.ok(!input.hasKeyboard);
  });
});
