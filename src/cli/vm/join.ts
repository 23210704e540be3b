// SPDX-License-Identifier: Apache-2.0
/** A program in a VM that another wayland-proxy-vm has started. */
import type { Socket } from "node:net";
import type { Logger } from "../../log/logger.ts";
import { FrameReader } from "../../vm/channel/frame.ts";
import type { ProgramStart } from "../../vm/channel/messages.ts";
import { bytesOf, RemoteProgram } from "../../vm/remote-program.ts";
import { attend, ownStreams } from "./own-terminal.ts";
import type { Signals } from "./signals.ts";

const VM_ENDED = 125;

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
