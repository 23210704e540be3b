// SPDX-License-Identifier: Apache-2.0
/** What passes between X clients and the host, as a policy lets it: offers in, and sources out. */
import type { Border, TransferField } from "../../clipboard/border.ts";
import { isMarker, isTold } from "../../clipboard/clipboard.ts";
import type { HostOffer } from "../../clipboard/host-offer.ts";
import type { SelectionOffer, SourceEvents } from "../../clipboard/host-selection.ts";
import { pipe } from "../../native/pipe.ts";
import { ReceivedFd } from "../../native/received-fd.ts";
import type { TransferPolicy } from "../../policy/policy.ts";
import type { Client } from "../../relay/client.ts";

/** What of an offer of the host's X clients may have. */
export function passingOffer(
  client: Client,
  border: Border,
  field: TransferField,
  policy: TransferPolicy,
  offer: HostOffer,
): SelectionOffer {
  return {
    mimeTypes: offer.mimeTypes.filter((type) => isTold(policy, type)),
    receive: (mimeType) => {
      const [read, target] = pipe();
      border.hand({ client, subject: offer, mimeType, target }, field, "in", (next) => offer.send(mimeType, next));
      return read;
    },
    destroy: () => offer.destroy(),
  };
}

/** What the host may have of something of an X client's: `send` of its events, behind the border. */
export function passingSend(
  client: Client,
  border: Border,
  field: TransferField,
  { send }: SourceEvents,
): SourceEvents["send"] {
  const subject = {};
  return (mimeType, fd) => {
    // Nobody has anything in these.
    if (isMarker(mimeType)) return;
    const target = new ReceivedFd(fd.take(), client);
    border.hand({ client, subject, mimeType, target }, field, "out", (next) => {
      send(mimeType, next);
      next.close();
    });
  };
}
