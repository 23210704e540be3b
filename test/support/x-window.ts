// SPDX-License-Identifier: Apache-2.0

import { XWindow } from "../../src/xwayland/base/window.ts";
import type { WindowProperties } from "../../src/xwayland/window/properties.ts";
import { readSizeHints } from "../../src/xwayland/window/size-hints.ts";

/** The properties of a window that says nothing about itself but this. */
export function properties(said: Partial<WindowProperties> = {}): WindowProperties {
  return {
    title: "",
    appId: "",
    instance: "",
    className: "",
    transientFor: null,
    wantsInput: true,
    protocols: [],
    syncCounter: 0,
    sizes: readSizeHints(new Uint32Array()),
    types: [],
    states: [],
    startsIconic: false,
    urgent: false,
    group: 0,
    decorated: true,
    motifModal: false,
    frame: null,
    startupId: "",
    embedded: false,
    ...said,
  };
}

/** A window of 50 by 50 pixels. */
export function xWindow(id: number, said: Partial<WindowProperties> = {}, x = 0, overrideRedirect = false): XWindow {
  const window = new XWindow(id, { x, y: 0, width: 50, height: 50 }, overrideRedirect);
  window.properties = properties(said);
  return window;
}
