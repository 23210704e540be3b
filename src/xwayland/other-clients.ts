// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../x11/client/connection.ts";
import { clientOf } from "../x11/client/ids.ts";
import { ResClientIdMask } from "../x11/generated/enums.ts";

/** The X server itself, among its clients. */
const SERVER = 0;

/**
 * Resolves to whether the X server has clients besides this connection; also to true when it does not say. Whoever has
 * connected by now is among them. Rejects with an X11ClosedError.
 */
export async function hasOtherClients(x: X11Connection): Promise<boolean> {
  if (!x.supports("Res", 1, 2)) return true;
  // It takes in new clients before its next requests, which may be these.
  await x.sync();
  const { ids } = await x.call("Res.QueryClientIds", { specs: [{ client: 0, mask: ResClientIdMask.ClientXID }] });
  const own = clientOf(x.setup, x.setup.idBase);
  return ids.some(({ spec }) => spec.client !== SERVER && clientOf(x.setup, spec.client) !== own);
}
