// SPDX-License-Identifier: Apache-2.0
/** PipeWire, with a card that nobody hears but us. It takes programs of PulseAudio, too. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desktop } from "../../desktop/support/desktop.ts";
import { need } from "../../desktop/support/packages.ts";
import type { Program } from "../../desktop/support/program.ts";
import { eventually } from "../../support/eventually.ts";
import type { DisposableVms } from "./disposable.ts";

/** The rate of all that is recorded, in Hz. */
const RATE = 48_000;

/** Samples in a hundredth of a second. */
const WINDOW = RATE / 100;

/** Sixteen bits a sample, and a header of 44 bytes. */
const WAV_HEADER = 44;

const card = `context.objects = [
  { factory = adapter args = {
    factory.name = support.null-audio-sink node.name = speakers media.class = Audio/Sink audio.position = [ FL FR ]
  } }
]
`;

/** The sound server of the user whose VMs these are. */
export class SoundServer {
  readonly #desktop: Desktop;
  readonly #vms: DisposableVms;
  #programs: Program[] = [];

  constructor(desktop: Desktop, vms: DisposableVms) {
    need("dbus-daemon", "pipewire", "pipewire-pulse", "wireplumber", "pw-record");
    this.#desktop = desktop;
    this.#vms = vms;
  }

  /** The socket for programs of PipeWire. */
  get socket(): string {
    return join(this.#vms.folder, "run/pipewire-0");
  }

  get #bus(): string {
    return join(this.#vms.folder, "run/bus");
  }

  async start(): Promise<void> {
    const folder = join(this.#vms.folder, "home/.config/pipewire/pipewire.conf.d");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "card.conf"), card);
    const bus = this.#run("dbus-daemon", "--session", "--nofork", "--nopidfile", `--address=unix:path=${this.#bus}`);
    await this.#isThere(this.#bus, bus);
    const server = this.#run("pipewire");
    await this.#isThere(this.socket, server);
    this.#run("wireplumber");
    const pulse = this.#run("pipewire-pulse");
    await this.#isThere(join(this.#vms.folder, "run/pulse/native"), pulse);
  }

  /** Records what the card plays while something goes on. */
  async hears(whilePlaying: () => Promise<unknown>): Promise<Int16Array> {
    const file = join(this.#vms.folder, "run/heard.wav");
    const format = ["--format", "s16", "--rate", `${RATE}`, "--channels", "1"];
    const recorder = this.#run("pw-record", ...format, "-P", "{ stream.capture.sink = true }", file);
    await eventually("the recorder to be connected", async () =>
      this.#links().then((all) => all.includes("pw-record")),
    );
    await whilePlaying();
    await recorder.stop();
    const bytes = readFileSync(file).subarray(WAV_HEADER);
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
  }

  /** Ends it, the clients first. */
  async stop(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
  }

  async #links(): Promise<string> {
    const program = this.#run("pw-link", "--links");
    await program.end();
    return program.output;
  }

  #run(...words: readonly string[]): Program {
    const [program = "", ...args] = this.#vms.asUser(...words);
    const env = { ...this.#vms.environment, DBUS_SESSION_BUS_ADDRESS: `unix:path=${this.#bus}` };
    const started = this.#desktop.start(this.#desktop.direct, program, args, { env });
    this.#programs.push(started);
    return started;
  }

  #isThere(path: string, program: Program): Promise<unknown> {
    return eventually(
      () => `${path}; there is ${program.output}`,
      () => existsSync(path),
    );
  }
}

/** For how long a tone of this frequency sounds, and hardly anything else, in seconds. */
export function secondsOfTone(samples: Int16Array, frequency: number): number {
  let found = 0;
  for (let start = 0; start + WINDOW <= samples.length; start += WINDOW) {
    if (shareOfTone(samples.subarray(start, start + WINDOW), frequency) > 0.9) found++;
  }
  return (found * WINDOW) / RATE;
}

/** The share of the energy that is at this frequency; of silence, 0. */
function shareOfTone(samples: Int16Array, frequency: number): number {
  const step = (2 * Math.PI * frequency) / RATE;
  let [real, imaginary, energy] = [0, 0, 0];
  for (const [i, sample] of samples.entries()) {
    real += sample * Math.cos(step * i);
    imaginary += sample * Math.sin(step * i);
    energy += sample * sample;
  }
  return energy === 0 ? 0 : (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
}
