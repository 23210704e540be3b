// SPDX-License-Identifier: Apache-2.0
import { HostGlobals } from "../globals/host-globals.ts";
import type { Logger } from "../log/logger.ts";
import type { Fd } from "../native/fd.ts";
import { socketPair } from "../native/socket.ts";
import { GlobalPolicy } from "../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Client } from "../relay/client.ts";
import { compileHooks } from "../relay/hooks.ts";
import { processObjects } from "../relay/object-budget.ts";
import { Session } from "../relay/session.ts";
import { syncHost } from "../relay/sync-host.ts";
import { SocketTransport } from "../wire/socket-transport.ts";
import type { Transport } from "../wire/transport.ts";
import type { SelectionField } from "./clipboard.ts";
import { DataControl } from "./data-control.ts";
import type { HostOffer } from "./host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "./host-selection.ts";

/** Milliseconds for a compositor to answer. */
const ANSWER_TIMEOUT = 5_000;

/** Interfaces that let us see and set the clipboard without a window. */
const expose = ["ext_data_control_manager_v1", "zwlr_data_control_manager_v1"];

/** Connects to the compositor as the user's own programs do. */
export type ConnectCompositor = (signal: AbortSignal) => Promise<Transport>;

/** One of the host's selections, on a connection of our own. */
export class HostClipboard {
  readonly #client: Client;
  readonly #selection: HostSelection<HostOffer>;
  readonly #otherEnd: Fd;
  /** What the host has; null for nothing. */
  offer: HostOffer | null = null;

  private constructor(client: Client, selection: HostSelection<HostOffer>, otherEnd: Fd) {
    this.#client = client;
    this.#selection = selection;
    this.#otherEnd = otherEnd;
    selection.onSelection((offer) => {
      this.offer?.destroy();
      this.offer = offer;
    });
  }

  /** Resolves to null where the compositor does not let us have it so. Rejects with a SystemError (EMFILE). */
  static async open(
    field: SelectionField,
    connect: ConnectCompositor,
    protocol: ProtocolRegistry,
    log: Logger,
  ): Promise<HostClipboard | null> {
    // Our own side of the session, of which nobody makes use.
    const [end, otherEnd] = socketPair();
    const host = await connect(AbortSignal.timeout(ANSWER_TIMEOUT)).catch(() => null);
    if (host === null) {
      end.close();
      otherEnd.close();
      return null;
    }
    const { client } = new Session(new SocketTransport(end), host, {
      protocol,
      hooks: compileHooks(protocol, []),
      objects: processObjects,
      hostWatch: null,
      log,
      trace: null,
      identity: { pid: null, uid: null, name: () => "the clipboard command" },
      failed: () => {},
      ended: () => otherEnd.close(),
    });
    const timer = setTimeout(() => client.close(), ANSWER_TIMEOUT);
    try {
      const globals = await HostGlobals.open(client, new GlobalPolicy({ expose }));
      const seat = globals.bind("wl_seat", 1);
      const selection = (seat === null ? null : DataControl.open(client, globals, seat))?.[field] ?? null;
      if (selection !== null) {
        const clipboard = new HostClipboard(client, selection, otherEnd);
        if (await syncHost(client)) return clipboard;
      }
    } catch {
      // It has gone.
    } finally {
      clearTimeout(timer);
    }
    client.close();
    return null;
  }

  /** Puts something into it. Resolves when the host has that. */
  async set(mimeTypes: readonly string[], events: SourceEvents): Promise<HostSource> {
    const source = this.#selection.set(mimeTypes, 0, events);
    await syncHost(this.#client);
    return source;
  }

  close(): void {
    if (this.#otherEnd.open) this.#client.close();
  }
}
