// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { fileWith } from "../../support/descriptors.ts";
import { type EchoStage, echoed, type Twin } from "../../support/echo.ts";
import { FakeObject } from "../../support/fake-object.ts";
import type { Peer } from "../../support/peer.ts";
import { scoped } from "../../support/proxied.ts";
import fc from "../../support/random.ts";

/** What both ends should agree on. */
interface Model {
  /** Echoes that neither end has destroyed. */
  readonly alive: Twin[];
  /** Echoes that the client has destroyed and whose id the host has not deleted: events can still name them. */
  readonly zombies: Twin[];
  /** Client's one-shots, which the host may end. */
  readonly once: Twin[];
}

/** One step; picks choose objects among those that there are. */
type Action = (stage: EchoStage, model: Model, pick: () => number) => Promise<void> | void;

class Step implements fc.AsyncCommand<Model, EchoStage> {
  readonly #name: string;
  readonly #picks: readonly number[];
  readonly #action: Action;
  constructor(name: string, picks: readonly number[], action: Action) {
    this.#name = name;
    this.#picks = picks;
    this.#action = action;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, stage: EchoStage): Promise<void> {
    let next = 0;
    await this.#action(stage, model, () => this.#picks[next++ % this.#picks.length] as number);
    assert.deepEqual([...stage.client.violations, ...stage.host.violations], []);
  }
  toString(): string {
    return `${this.#name}(${this.#picks})`;
  }
}

const among = <T>(list: readonly T[], pick: number): T => list[pick % list.length] as T;

/** Waits for a message and compares it: same object, equal values, and the receiver's own objects. */
async function arrives(peer: Peer, to: FakeObject, name: string, values: Record<string, unknown>): Promise<void> {
  const message = await peer.expect(`echo.${name}`);
  assert.equal(message.object, to);
  for (const [key, value] of Object.entries(values)) {
    if (value instanceof FakeObject) assert.equal(message.arg(key), value);
    else assert.deepEqual(message.arg(key), value);
  }
  message.close();
}

const steps: Record<string, Action> = {
  async create({ host, manager }, model) {
    const ours = manager.ours.create("create_echo");
    const theirs = (await host.expect("echo_manager.create_echo")).objectArg("id");
    model.alive.push({ ours, theirs });
  },
  async spawnForHost({ host }, model, pick) {
    const parent = among(model.alive, pick());
    const ours = parent.ours.create("spawn");
    const message = await host.expect("echo.spawn");
    assert.equal(message.object, parent.theirs);
    model.alive.push({ ours, theirs: message.objectArg("child") });
  },
  async spawnForClient({ client }, model, pick) {
    const parent = among(model.alive, pick());
    const theirs = parent.theirs.create("spawn");
    const message = await client.expect("echo.spawn");
    assert.equal(message.object, parent.ours);
    model.alive.push({ ours: message.objectArg("child"), theirs });
  },
  async request({ host }, model, pick) {
    const [to, a, b] = [among(model.alive, pick()), among(model.alive, pick()), among(model.alive, pick())];
    to.ours.send("objects", a.ours, pick() % 2 ? null : b.ours, b.ours);
    await arrives(host, to.theirs, "objects", { echo: a.theirs, any: b.theirs });
  },
  async event({ client }, model, pick) {
    const [to, a, b] = [among(model.alive, pick()), among(model.alive, pick()), among(model.alive, pick())];
    to.theirs.send("objects", a.theirs, b.theirs, null);
    await arrives(client, to.ours, "objects", { echo: a.ours, maybe: b.ours, any: null });
  },
  async descriptors({ client, host }, model, pick) {
    const to = among(model.alive, pick());
    to.ours.send("fds", fileWith("a"), 1, fileWith("b"));
    to.theirs.send("fds", fileWith("c"), 2, fileWith("d"));
    await arrives(host, to.theirs, "fds", { between: 1 });
    await arrives(client, to.ours, "fds", { between: 2 });
  },
  async destroy({ host }, model, pick) {
    // One stays for the other steps.
    if (model.alive.length < 2) return;
    const [gone] = model.alive.splice(1 + (pick() % (model.alive.length - 1)), 1) as [Twin];
    gone.ours.send("destroy");
    assert.equal((await host.expect("echo.destroy")).object, gone.theirs);
    if (gone.ours.id < 0xff000000) model.zombies.push(gone);
  },
  async deleteId({ client, host }, model, pick) {
    if (model.zombies.length === 0) return;
    const [gone] = model.zombies.splice(pick() % model.zombies.length, 1) as [Twin];
    host.deleteId(gone.theirs);
    await client.expect("wl_display.delete_id", (message) => message.arg("id") === gone.ours.id);
  },
  async lateEvent({ client }, model, pick) {
    if (model.zombies.length === 0) return;
    const [to, gone] = [among(model.alive, pick()), among(model.zombies, pick())];
    to.theirs.send("objects", gone.theirs, null, gone.theirs);
    await arrives(client, to.ours, "objects", { echo: gone.ours, any: gone.ours });
    gone.theirs.send("strings", "late", null);
    await arrives(client, gone.ours, "strings", { text: "late" });
  },
  async lateChild({ host }, model, pick) {
    if (model.zombies.length === 0) return;
    const orphan = among(model.zombies, pick()).theirs.create("spawn");
    assert.equal((await host.expect("echo.destroy")).object, orphan);
  },
  async once({ host }, model, pick) {
    const ours = among(model.alive, pick()).ours.create("once");
    model.once.push({ ours, theirs: (await host.expect("echo.once")).objectArg("id") });
  },
  async done({ client, host }, model, pick) {
    if (model.once.length === 0) return;
    const [ended] = model.once.splice(pick() % model.once.length, 1) as [Twin];
    ended.theirs.send("done", 5);
    assert.equal((await client.expect("echo_once.done")).object, ended.ours);
    host.deleteId(ended.theirs);
    await client.expect("wl_display.delete_id", (message) => message.arg("id") === ended.ours.id);
  },
};

it("random traffic keeps the objects of both ends in step", async () => {
  const picks = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });
  const commands = Object.entries(steps).map(([name, action]) => picks.map((some) => new Step(name, some, action)));
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { size: "max", maxCommands: 400 }), (sequence) =>
      scoped(async (scope) => {
        const stage = await echoed(scope);
        stage.host.deletesIds = false;
        const model = { alive: [stage.echo], zombies: [], once: [] };
        await fc.asyncModelRun(() => ({ model, real: stage }), sequence);
      }),
    ),
    { numRuns: 8 },
  );
});
