// SPDX-License-Identifier: Apache-2.0
/** The sound card of a VM: virtio-sound, which a driver of QEMU connects with the sound server of this machine. */
import { inSandbox } from "./sandbox.ts";

/** A connection with a sound server. */
export interface Sound {
  /** QEMU's name for the kind of server; with "none" nobody hears the VM. */
  readonly driver: "pipewire" | "pa" | "none";
  /** The path of the server's socket; null for "none". */
  readonly socket: string | null;
  /** Whether the VM hears the microphone, too. */
  readonly records: boolean;
}

/** Returns the arguments for QEMU that describe the sound card. */
export function soundArguments(sound: Sound | null): string[] {
  if (sound === null) return [];
  const server = sound.driver === "pa" ? `,server=unix:${inSandbox.sound}` : "";
  // Streams alternate: the first plays, the second records.
  const streams = sound.records ? 2 : 1;
  const card = `virtio-sound-pci,audiodev=sound,streams=${streams}`;
  return ["-audiodev", `${sound.driver},id=sound${server}`, "-device", card];
}

/** Returns the variables for QEMU by which it finds the server. */
export function soundEnvironment(sound: Sound | null): Record<string, string> {
  return sound?.driver === "pipewire" ? { PIPEWIRE_REMOTE: inSandbox.sound } : {};
}
