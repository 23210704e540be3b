// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from "node:timers/promises";
import { HOST_PROBE_TIMEOUT, HOST_SILENCE_INTERVAL } from "../wire/limits.ts";

/** What a new connection has shown: a compositor that answers, or that there is none. */
export type HostState = "answers" | "gone";

/** Finds that out. Does not resolve while nothing is known; rejects when that is so at the end, or when it is aborted. */
export type HostProbe = (signal: AbortSignal) => Promise<HostState>;

/** A session, as far as it is watched whether its host still answers. */
export interface WatchedSession {
  /** Asks the host for any answer at all. */
  askHost(): void;
  /** Ends it, with a text for the client. */
  cutOff(reason: string): void;
}

/**
 * Finds connections to a host that have ended without a word. Silence alone shows nothing: a compositor may be
 * stopped for any time, and a VM may be paused. So a silent connection is not given up at once. A new connection has
 * to show that there is no compositor any more, or that it answers others.
 */
export class HostWatch {
  /** Milliseconds between two looks at a session that waits for its host. */
  readonly interval: number;
  readonly #probe: HostProbe;
  readonly #silences = new Set<HostSilence>();
  readonly #closing = new AbortController();
  #state: Promise<HostState | null> | null = null;
  /** Doubled each time, since a stopped compositor keeps all connections that it has not accepted. */
  #timeout = HOST_PROBE_TIMEOUT;

  constructor(probe: HostProbe, interval: number = HOST_SILENCE_INTERVAL) {
    this.#probe = probe;
    this.interval = interval;
  }

  /** Begins to watch a session. */
  open(session: WatchedSession): HostSilence {
    const silence = new HostSilence(this, session);
    this.#silences.add(silence);
    return silence;
  }

  /** A session is over. */
  closed(silence: HostSilence): void {
    this.#silences.delete(silence);
  }

  /** The host has ended a connection: it may have ended all of them, some of which it cannot tell. */
  hostEnded(): void {
    for (const silence of this.#silences) silence.ask();
  }

  /**
   * Asks what a new connection shows. All who ask meanwhile share one. Resolves to null when the answer does not come
   * in time.
   */
  state(): Promise<HostState | null> {
    this.#state ??= this.#ask().finally(() => {
      this.#state = null;
    });
    return this.#state;
  }

  close(): void {
    this.#closing.abort();
  }

  async #ask(): Promise<HostState | null> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#timeout)]);
    this.#timeout *= 2;
    try {
      const state = await this.#probe(signal);
      this.#timeout = HOST_PROBE_TIMEOUT;
      return state;
    } catch {
      // It shows nothing, and is tried again.
      return null;
    }
  }
}

/**
 * Measures how long the host of one session has been silent. A timer runs only while something was sent that is not
 * answered.
 */
export class HostSilence {
  readonly #watch: HostWatch;
  readonly #session: WatchedSession;
  #timer: NodeJS.Timeout | null = null;
  /** The time at which the answer is due, on the clock of `performance.now`. */
  #due = 0;
  /** Something was sent behind all that has come. */
  #isWaiting = false;
  /** Something has come since the last look. */
  #wasHeard = false;
  #wasAsked = false;
  /** A new connection has been answered since this one was asked. */
  #isAlone = false;
  #isClosed = false;

  constructor(watch: HostWatch, session: WatchedSession) {
    this.#watch = watch;
    this.#session = session;
  }

  /** Something is on its way to the host. */
  sent(): void {
    this.#isWaiting = true;
    if (this.#timer === null) this.#lookLater();
  }

  /** Something has come from the host. */
  heard(): void {
    this.#isWaiting = this.#wasAsked = this.#isAlone = false;
    this.#wasHeard = true;
  }

  /** Makes sure that something has to come. */
  ask(): void {
    if (this.#wasAsked || this.#isClosed) return;
    this.#wasAsked = true;
    this.#wasHeard = false;
    this.#session.askHost();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#watch.closed(this);
  }

  #lookLater(): void {
    const { interval } = this.#watch;
    this.#due = performance.now() + interval;
    this.#timer = setTimeout(() => void this.#look(), interval).unref();
  }

  async #look(): Promise<void> {
    // After a pause of our own, as of a VM's, timers run before anything is read that has come long ago.
    const wasPaused = performance.now() > this.#due + this.#watch.interval;
    await nextTurn();
    if (this.#isClosed) return;
    this.#timer = null;
    if (!this.#isWaiting) return;
    if (!this.#wasHeard && !wasPaused && (await this.#isLost())) return;
    this.#wasHeard = false;
    if (!this.#isClosed && this.#isWaiting && this.#timer === null) this.#lookLater();
  }

  /** Asks, then asks others, and ends the session when it is sure that no answer will come. */
  async #isLost(): Promise<boolean> {
    if (!this.#wasAsked) {
      this.ask();
      return false;
    }
    if (this.#isAlone) return this.#end("it answers others");
    const state = await this.#watch.state();
    // It may have answered meanwhile.
    if (this.#isClosed || !this.#wasAsked) return false;
    if (state === "gone") return this.#end("no compositor is there any more");
    // Asked before the new connection was made, it has now as long as between two looks.
    this.#isAlone = state === "answers";
    return false;
  }

  #end(why: string): true {
    this.#session.cutOff(`the host does not answer, and ${why}`);
    return true;
  }
}
