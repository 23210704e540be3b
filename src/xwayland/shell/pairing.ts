// SPDX-License-Identifier: Apache-2.0

/**
 * Brings together the two halves of an X window: the wl_surface that Xwayland makes on one connection, and the window
 * that it announces on the other. They may come in either order. Both carry a serial, and on each connection serials
 * only grow (xwayland-shell-v1). So it is always known whether the other half is still to come or was missed, and
 * nothing waits for a time.
 */
export class Pairing<Surface, Window> {
  readonly #surfaces = new Map<number, Surface>();
  readonly #windows = new Map<number, Window>();
  #lastOfSurfaces = 0;
  #lastOfWindows = 0;

  /** A surface has this serial. @returns its window, if that was announced already */
  addSurface(serial: number, surface: Surface): Window | undefined {
    this.#lastOfSurfaces = Math.max(this.#lastOfSurfaces, serial);
    const window = this.#windows.get(serial);
    if (window !== undefined) this.#windows.delete(serial);
    else if (serial > this.#lastOfWindows) this.#surfaces.set(serial, surface);
    return window;
  }

  /** A window has this serial. @returns its surface, if that is here already */
  addWindow(serial: number, window: Window): Surface | undefined {
    // The serial was announced before, or another client has made it up.
    if (serial <= this.#lastOfWindows) return undefined;
    this.#lastOfWindows = serial;
    const surface = this.#surfaces.get(serial);
    if (surface !== undefined) this.#surfaces.delete(serial);
    else if (serial > this.#lastOfSurfaces) this.#windows.set(serial, window);
    return surface;
  }

  /** The surface is gone; nothing if it has found its window. */
  removeSurface(serial: number): void {
    this.#surfaces.delete(serial);
  }

  /** The window is not shown any more; nothing if it has found its surface. */
  removeWindow(serial: number): void {
    this.#windows.delete(serial);
  }

  /** How many halves wait for the other. */
  get waiting(): number {
    return this.#surfaces.size + this.#windows.size;
  }
}
