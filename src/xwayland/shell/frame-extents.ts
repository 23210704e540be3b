// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import type { WmContext } from "../base/wm-context.ts";

const EXTENTS = "_NET_FRAME_EXTENTS";

/** Tells programs that wait for it, as Java and Qt do, how wide a frame is: X knows of none, since the host draws it. */
export class FrameExtents {
  static readonly atoms: readonly string[] = [EXTENTS, "_NET_REQUEST_FRAME_EXTENTS"];
  static readonly supported: readonly string[] = FrameExtents.atoms;

  constructor({ x, windows, events }: WmContext) {
    const write = ({ id }: { readonly id: number }): void => {
      setProperty(x, id, x.atoms.atom(EXTENTS), x.atoms.atom("CARDINAL"), new Uint32Array(4));
    };
    windows.listen({ mapping: write });
    // By those who want to know before they are mapped.
    events.onMessage("_NET_REQUEST_FRAME_EXTENTS", write);
  }
}
