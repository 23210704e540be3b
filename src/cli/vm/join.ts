// SPDX-License-Identifier: Apache-2.0
/** A program in a VM that another wayland-proxy-vm has started. */
import type { Socket } from "node:net";
import { UserError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import { FrameKind, FrameReader, frameBytes } from "../../vm/channel/frame.ts";
import type { ProgramStart } from "../../vm/channel/messages.ts";
import { bytesOf, RemoteProgram } from "../../vm/remote-program.ts";
import { optionsTooLate, type VmSettings } from "./options.ts";
import { attend, ownStreams } from "./own-terminal.ts";
import type { Signals } from "./signals.ts";

const VM_ENDED = 125;

/** Asks a VM what it was started with. Throws a UserError when it ends instead. */
export function settingsOfVm(socket: Socket): Promise<Partial<VmSettings>> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader();
    const fail = (): void => reject(new UserError("the VM has ended"));
    const read = (bytes: Buffer): void => {
      for (const { body } of reader.read(bytes)) {
        socket.off("data", read).off("close", fail);
        resolve(JSON.parse(body.toString()) as Partial<VmSettings>);
      }
    };
    socket.on("data", read).on("close", fail);
    socket.on("error", () => {});
    socket.write(frameBytes(FrameKind.settings, 0));
  });
}

/** Throws a UserError for options by which a program wants another VM than the one that runs. */
export function refuseOtherVm(wanted: VmSettings, running: Partial<VmSettings>): void {
  const late = optionsTooLate(wanted, running);
  if (late.length === 0) return;
  const pronoun = late.length === 1 ? "it" : "them";
  throw new UserError(
    `the VM ${wanted.name} runs already, and not with this ${late.join(", ")}: leave ${pronoun} out, or end the VM before ` +
      `(--stop ${wanted.name})`,
  );
}

/** Runs a program, and resolves to its exit code. */
export async function runInVm(socket: Socket, start: ProgramStart, signals: Signals, log: Logger): Promise<number> {
  const program = new RemoteProgram(1, start, ownStreams(log), (frame) => {
    if (socket.writable) socket.write(bytesOf(frame));
  });
  const reader = new FrameReader();
  socket.on("data", (bytes) => {
    for (const frame of reader.read(bytes)) program.onFrame(frame);
  });
  socket.on("error", () => {});
  let hasExited = false;
  socket.on("close", () => {
    if (!hasExited) log.error("the VM has ended");
    program.end(VM_ENDED);
  });
  const code = await attend(program, start.terminal !== null, signals);
  hasExited = true;
  socket.destroy();
  return code;
}
