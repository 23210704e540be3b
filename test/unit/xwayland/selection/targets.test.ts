// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerFor, mimeTypesOf, targetFor, targetsOf } from "../../../../src/xwayland/selection/targets.ts";

const utf8 = "text/plain;charset=utf-8";

describe("what the host has", () => {
  it("is offered to X clients in its types, and text by the names that they know", () => {
    assert.deepEqual(targetsOf(["image/png"]), ["TARGETS", "MULTIPLE", "TIMESTAMP", "image/png"]);
    assert.deepEqual(targetsOf([utf8, "UTF8_STRING"]).slice(3), [utf8, "UTF8_STRING", "STRING", "TEXT"]);
  });

  it("cannot make X clients take a type for a question", () => {
    assert.deepEqual(targetsOf(["MULTIPLE", "DELETE", "SAVE_TARGETS"]), ["TARGETS", "MULTIPLE", "TIMESTAMP"]);
    assert.equal(answerFor("DELETE", ["DELETE"]), null);
  });

  it("is text in UTF-8 or in Latin 1, as the X client asks for it", () => {
    const types = ["text/html", "text/plain", utf8];
    assert.deepEqual(answerFor("UTF8_STRING", types), { mimeType: utf8, type: "UTF8_STRING", latin1: false });
    for (const target of ["STRING", "TEXT"]) {
      assert.deepEqual(answerFor(target, types), { mimeType: utf8, type: "STRING", latin1: true });
    }
    assert.deepEqual(answerFor("text/html", types), { mimeType: "text/html", type: "text/html", latin1: false });
  });

  it("is not to be had in a type that it does not have", () => {
    assert.equal(answerFor("STRING", ["image/png"]), null);
    assert.equal(answerFor("image/jpeg", ["image/png"]), null);
  });
});

describe("what an X client has", () => {
  it("is offered to the host in types, and not by names or questions", () => {
    const targets = ["TIMESTAMP", "TARGETS", "MULTIPLE", "SAVE_TARGETS", "image/png", "STRING", "UTF8_STRING"];
    assert.deepEqual(mimeTypesOf(targets), [utf8, "text/plain", "image/png"]);
    assert.deepEqual(mimeTypesOf(["TARGETS", "image/png"]), ["image/png"]);
  });

  it("is asked for text by the name that loses least", () => {
    assert.equal(targetFor(utf8, ["STRING", "UTF8_STRING"]), "UTF8_STRING");
    assert.equal(targetFor("text/plain", ["text/plain", "UTF8_STRING"]), "UTF8_STRING");
    assert.equal(targetFor("text/plain", ["text/plain", "STRING"]), "text/plain");
    assert.equal(targetFor(utf8, ["TEXT", "STRING"]), "STRING");
  });

  it("is asked for nothing that it does not have", () => {
    assert.equal(targetFor("image/png", ["UTF8_STRING"]), null);
    assert.equal(targetFor(utf8, ["image/png"]), null);
  });

  it("cannot flood the host with types", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `a/${i}`);
    assert.equal(mimeTypesOf(many).length, 64);
    assert.deepEqual(mimeTypesOf([`a/${"x".repeat(254)}`]), []);
  });
});
