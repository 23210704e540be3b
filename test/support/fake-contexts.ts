// SPDX-License-Identifier: Apache-2.0
import type { ContextSetup, ContextType, Fence, GpuContext } from "../../src/device/gpu/context.ts";
import type { Fd } from "../../src/native/fd.ts";

/** A context that does what a test says, and remembers what the device asked of it. */
export class FakeContext implements GpuContext {
  readonly setup: ContextSetup;
  readonly commands: Buffer[] = [];
  readonly fences: { ring: number; fence: Fence }[] = [];
  /** The answers to CREATE_BLOB by its ids; a function is asked anew each time. */
  readonly blobs: Map<number, (size: number) => Fd | null> = new Map();
  closed = 0;
  /** The action of `submit`. */
  onSubmit: (commands: Uint8Array) => boolean = () => true;
  onHold: (ring: number, fence: Fence) => boolean = (ring, fence) => {
    // As a context does that is done with all commands.
    if (ring === 0) fence.complete();
    else this.fences.push({ ring, fence });
    return true;
  };
  #changed: (() => void)[] = [];

  constructor(setup: ContextSetup) {
    this.setup = setup;
  }

  submit(commands: Uint8Array): boolean {
    this.commands.push(Buffer.from(commands));
    return this.onSubmit(commands);
  }

  hold(ring: number, fence: Fence): boolean {
    const taken = this.onHold(ring, fence);
    for (const wake of this.#changed.splice(0)) wake();
    return taken;
  }

  createBlob(blobId: number, size: number): Fd | null {
    return this.blobs.get(blobId)?.(size) ?? null;
  }

  close(): void {
    this.closed++;
  }

  /** Resolves when it holds `count` fences. */
  async holding(count: number): Promise<void> {
    while (this.fences.length < count) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }
}

/** The type of those contexts, under the number of cross-domain. */
export class FakeContextType implements ContextType {
  readonly capsetId = 5;
  readonly capset: Uint8Array = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  /** All that were made. */
  readonly contexts: FakeContext[] = [];
  /** Prepares each new context. */
  onCreate: (context: FakeContext) => void = () => {};

  create(setup: ContextSetup): GpuContext {
    const context = new FakeContext(setup);
    this.onCreate(context);
    this.contexts.push(context);
    return context;
  }

  get last(): FakeContext {
    const context = this.contexts.at(-1);
    if (!context) throw new Error("there is no context");
    return context;
  }
}
