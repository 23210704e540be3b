// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../log/logger.ts";
import { VirtioTransport } from "./channel.ts";
import { ContextClosed, GuestGpuContext } from "./context.ts";
import type { Device } from "./device.ts";
import { ImageAllocator } from "./images.ts";
import { ATTEMPTS, RETRY_INTERVAL, STARTUP_TIMEOUT } from "./limits.ts";

/** The host has answered that it cannot reach a compositor. */
export class NoCompositorError extends Error {
  override readonly name: string = "NoCompositorError";
}

/**
 * Connects to the compositor behind a device.
 *
 * @throws NoCompositorError; Error that says that the host does not answer; the signal's reason; SystemError
 */
export async function connectVirtio(device: Device, signal: AbortSignal, log: Logger): Promise<VirtioTransport> {
  const context = GuestGpuContext.open(device);
  const images = new ImageAllocator(context, device.gpuImages);
  const close = (): void => context.close();
  const deadline = setTimeout(close, STARTUP_TIMEOUT);
  signal.addEventListener("abort", close);
  try {
    await reachCompositor(images, device.path, signal);
    return new VirtioTransport(context, images, log);
  } catch (error) {
    context.close();
    signal.throwIfAborted();
    if (!(error instanceof ContextClosed)) throw error;
    throw new Error(`the host has not answered through ${device.path} for ${STARTUP_TIMEOUT / 1000} s`);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener("abort", close);
  }
}

/** Waits until the host has reached its compositor. */
async function reachCompositor(images: ImageAllocator, path: string, signal: AbortSignal): Promise<void> {
  // A failed INIT is answered by nothing, and so is what comes after it. An image is the one thing that can be asked
  // for without a word in the client's stream. A host answers that only to a context that is connected.
  for (let attempt = 1, interval = RETRY_INTERVAL; !(await images.answers()); attempt++, interval *= 2) {
    if (attempt === ATTEMPTS) {
      throw new NoCompositorError(
        `no compositor answers behind ${path}: is one running on the host, at the socket given to the VM?`,
      );
    }
    await pause(interval, undefined, { signal });
  }
}
