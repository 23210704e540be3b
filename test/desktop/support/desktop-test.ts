// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { CompositorName } from "./compositor.ts";
import { Desktop } from "./desktop.ts";

/** The desktops that a test wants. */
export interface DesktopTestOptions {
  /** The test runs once on each of these. */
  readonly on: readonly CompositorName[];
  /** weston's shell, when it is not the usual one. */
  readonly shell?: string;
  /** Further variables in the environment of a proxy. */
  readonly proxyEnv?: Readonly<Record<string, string>>;
}

/**
 * A test with a fresh desktop, which is closed afterwards whatever happens; what stays behind is a failure too. A
 * failing test keeps its logs and a screenshot in `test-results/` and says so.
 */
export function desktopTest(
  name: string,
  options: DesktopTestOptions,
  body: (desktop: Desktop) => Promise<void>,
): void {
  for (const on of options.on) {
    const title = `${name}, on ${on}`;
    const evidence = join("test-results", title.replaceAll(/[^\w.,-]+/g, " "));
    test(title, async () => {
      rmSync(evidence, { recursive: true, force: true });
      const desktop = new Desktop({ ...options, on });
      const failures: Error[] = [];
      const note = (error: unknown): void => {
        failures.push(error instanceof Error ? error : new Error(String(error)));
      };
      await desktop
        .startCompositor()
        .then(() => body(desktop))
        .catch(note);
      if (failures.length > 0) await desktop.keepScreenshot(evidence);
      await desktop.close().catch(note);
      if (failures.length > 0) desktop.keepLogs(evidence);
      desktop.remove();
      const [first] = failures;
      if (first === undefined) return;
      const all = failures.map((failure) => failure.message).join("\n");
      const error = new Error(`${all}\nlogs and screenshot: ${evidence}`);
      error.stack = `${error.message}\n${first.stack?.slice(first.stack.indexOf("\n    at ") + 1)}`;
      throw error;
    });
  }
}
