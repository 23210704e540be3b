// SPDX-License-Identifier: Apache-2.0

/**
 * A stack of what has to be closed at the end, in reverse order. It is the part of the standard's class of the same
 * purpose that we use, which Node 22 and older do not have.
 */
export class CloseStack implements Pick<AsyncDisposableStack, "use" | "defer" | "disposed" | "disposeAsync"> {
  readonly #closers: (() => PromiseLike<void> | void)[] = [];
  #isDisposed = false;

  get disposed(): boolean {
    return this.#isDisposed;
  }

  /** Closes it at the end. @returns the same */
  use<T extends AsyncDisposable | Disposable | null | undefined>(value: T): T {
    if (value === null || value === undefined) this.#refuseIfDisposed();
    else if (Symbol.asyncDispose in value) this.defer(() => value[Symbol.asyncDispose]());
    else this.defer(() => value[Symbol.dispose]());
    return value;
  }

  /** Calls back at the end. */
  defer(close: () => PromiseLike<void> | void): void {
    this.#refuseIfDisposed();
    this.#closers.push(close);
  }

  /**
   * Closes everything, the last first, and waits for each. A failure does not keep the others from being closed. Several
   * failures come as one AggregateError, where the standard has an error class that our oldest Node lacks, too.
   */
  async disposeAsync(): Promise<void> {
    this.#isDisposed = true;
    const errors: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, "several parts could not be closed");
    if (errors.length > 0) throw errors[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }

  #refuseIfDisposed(): void {
    if (this.#isDisposed) throw new ReferenceError("what is added now would never be closed");
  }
}
