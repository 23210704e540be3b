// SPDX-License-Identifier: Apache-2.0

/** A hook that takes as long as a test wants. */
export class Gate {
  /** Resolves when a message has reached the hook. */
  readonly entered: Promise<void>;
  open!: () => void;
  fail!: (error: Error) => void;
  readonly hook: () => Promise<void>;

  constructor() {
    let enter = (): void => {};
    this.entered = new Promise((resolve) => {
      enter = resolve;
    });
    const opened = new Promise<void>((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    this.hook = () => {
      enter();
      return opened;
    };
  }
}
