// SPDX-License-Identifier: Apache-2.0
import { printable } from "../../log/printable.ts";
import { RandRNotifyMask } from "../../x11/generated/enums.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { Output } from "./outputs.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "outputs" | "log">;

/** Tells X programs which output is the primary one, as soon as it is there. */
export class PrimaryOutput {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  #explained = false;

  constructor(context: Context) {
    this.#context = context;
    const { x, events } = context;
    x.send("RandR.SelectInput", { window: x.setup.root, enable: RandRNotifyMask.ScreenChange });
    events.on("RandR.ScreenChangeNotify", () => this.#update());
    void this.#update().catch(() => {
      // The connection has ended.
    });
  }

  async #update(): Promise<void> {
    const { x, outputs } = this.#context;
    const { root: window } = x.setup;
    const wanted = outputs.primary;
    if (wanted === undefined) return this.#explainAbsence();
    const [output, { output: current }] = await Promise.all([
      this.#idOf(wanted),
      x.call("RandR.GetOutputPrimary", { window }),
    ]);
    if (output !== 0 && output !== current) x.send("RandR.SetOutputPrimary", { window, output });
  }

  #explainAbsence(): void {
    const { outputs, log } = this.#context;
    const { primary } = outputs.wishes;
    if (primary === null || this.#explained) return;
    this.#explained = true;
    const there = [...outputs].map(({ name, description }) => `${name} ("${description}")`).join(", ");
    log.warn(
      `no output is called ${primary}, which was to be the primary one for X11 programs; there is ${printable(there) || "none"}`,
    );
  }

  /**
   * Finds the X server's id of an output. The output is known by its place, which no other has, since names differ
   * between Xwaylands. Resolves to 0 if the output is not there.
   */
  async #idOf({ place }: Output): Promise<number> {
    const { x } = this.#context;
    const { crtcs, config_timestamp } = await x.call("RandR.GetScreenResourcesCurrent", { window: x.setup.root });
    const all = await Promise.all(crtcs.map((crtc) => x.call("RandR.GetCrtcInfo", { crtc, config_timestamp })));
    return all.find(({ x, y, outputs }) => outputs.length > 0 && x === place?.x && y === place.y)?.outputs[0] ?? 0;
  }
}
