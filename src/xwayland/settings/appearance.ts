// SPDX-License-Identifier: Apache-2.0
import { type CursorImage, themeCursor } from "../../title-bars/cursor-theme.ts";
import type { Scale } from "../base/scale.ts";

/** Dots an inch of a screen that is not scaled, and its usual cursors' size in pixels. */
const PLAIN_DPI = 96;
const PLAIN_CURSOR = 24;

/** XSETTINGS counts DPI in 1024ths. */
const DPI_UNIT = 1024;

/** X resources, by their names. */
export type Resources = ReadonlyMap<string, string>;

/** The settings by which X programs draw, so that what they draw is as large as what others do on the same desktop. */
export class Appearance {
  /** The theme of the cursors; empty for the default one. */
  readonly cursorTheme: string;
  readonly #scale: Scale;
  readonly #users: Resources;
  readonly #plainCursor: number;
  readonly #environment: Readonly<NodeJS.ProcessEnv>;

  /** @param users the resources that the user wants */
  constructor(scale: Scale, users: Resources, environment: Readonly<NodeJS.ProcessEnv>) {
    const { XCURSOR_THEME: theme = "", XCURSOR_SIZE: size = "" } = environment;
    this.#scale = scale;
    this.#users = users;
    this.#environment = environment;
    this.cursorTheme = theme;
    this.#plainCursor = /^[1-9]\d{0,2}$/.test(size) ? Number(size) : PLAIN_CURSOR;
  }

  /** The size of cursors in X pixels. */
  get cursorSize(): number {
    return Math.round(this.#plainCursor * this.#scale.factor);
  }

  /** The picture of a cursor, by its name in themes; null when no theme has it. */
  cursor(name: string): CursorImage | null {
    return themeCursor(name, this.cursorTheme, this.cursorSize, this.#environment);
  }

  /** All X resources: those of the user's, and where they leave it open, what fits the scale. */
  get resources(): Resources {
    return new Map([
      ["Xft.dpi", String(Math.round(PLAIN_DPI * this.#scale.factor))],
      ["Xcursor.size", String(this.cursorSize)],
      ...(this.cursorTheme === "" ? [] : ([["Xcursor.theme", this.cursorTheme]] as const)),
      ...this.#users,
    ]);
  }

  /**
   * The settings of XSETTINGS, which GTK and others prefer to resources. GTK enlarges everything by the whole part of the
   * scale; its texts get the rest by the unscaled DPI.
   */
  get settings(): ReadonlyMap<string, number | string> {
    const { resources } = this;
    const dpi = Number(resources.get("Xft.dpi")) || PLAIN_DPI;
    const windows = Math.floor(this.#scale.factor);
    const theme = resources.get("Xcursor.theme");
    return new Map<string, number | string>([
      ["Xft/DPI", Math.round(dpi * DPI_UNIT)],
      ["Gdk/WindowScalingFactor", windows],
      ["Gdk/UnscaledDPI", Math.round((dpi * DPI_UNIT) / windows)],
      ["Gtk/CursorThemeSize", Number(resources.get("Xcursor.size")) || this.cursorSize],
      ...(theme === undefined ? [] : ([["Gtk/CursorThemeName", theme]] as const)),
    ]);
  }
}
