// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import type { Window } from "./support/sway.ts";
import { DISPLAY, servers, serveX, windowTitled } from "./support/x-programs.ts";
import { startToolkit, toolkits } from "./support/x-toolkits.ts";

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n".repeat(3);

const background = 0x203040;

/** What is in the file that a program writes at each key. */
function arrived(desktop: Desktop): string {
  const file = join(desktop.home, "typed");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Waits until it shows its window, all drawn. */
async function shown(desktop: Desktop, title: string): Promise<Window> {
  const { rect } = await windowTitled(desktop, title);
  const middle = [rect.x + rect.width / 2, rect.y + rect.height / 2] as const;
  await desktop.still(title, (picture) => picture.colourAt(...middle) !== background);
  return windowTitled(desktop, title);
}

const page = `<!doctype html><title>ready</title>
<style>* { margin: 0; border: 0 } select { display: block; width: 400px; height: 40px }</style>
<select oninput="document.title = value"><option>one<option>two<option>three</select>
<textarea autofocus oninput="document.title = encodeURIComponent(value)"></textarea>`;

function chromium(desktop: Desktop, proxied: Display): Program {
  const file = join(desktop.home, "page.html");
  writeFileSync(file, page);
  const options = ["--ozone-platform=x11", "--no-first-run", "--disable-gpu", "--password-store=basic"];
  // Its sandbox refuses root; as a test it does not complain of that in a bar of its own.
  options.push("--no-sandbox", "--test-type");
  const profile = `--user-data-dir=${join(desktop.home, "profile")}`;
  return desktop.start(proxied, "chromium", [...options, profile, `--app=${pathToFileURL(file)}`], {
    env: { DISPLAY },
  });
}

for (const [name, server] of Object.entries(servers)) {
  for (const [kind, toolkit] of Object.entries(toolkits)) {
    desktopTest(`keys typed into a ${kind} program arrive exactly, by ${name}`, { on: ["sway"] }, async (desktop) => {
      const proxied = await serveX(desktop, server);
      const input = await desktop.compositor.input();
      const program = startToolkit(desktop, proxied, toolkit, DISPLAY);
      await shown(desktop, "[vm] toolkit");
      await input.type(typed);
      await eventually("the last line to arrive", () => arrived(desktop).split("\n").length > 3);
      assert.equal(arrived(desktop), typed);
      await program.stop();
    });
  }
}

for (const [kind, toolkit] of Object.entries(toolkits)) {
  desktopTest(
    `keys typed into a ${kind} program arrive exactly on weston, too`,
    { on: ["weston-seat"] },
    async (desktop) => {
      const proxied = await serveX(desktop, "Xwayland", "-v", "--log-filter", "xdg_toplevel");
      const input = await desktop.compositor.input();
      const program = startToolkit(desktop, proxied, toolkit, DISPLAY);
      await proxied.proxy?.says(/"toolkit" has the keyboard/);
      await desktop.still("its window", () => true);
      // What types there has a key for line feeds alone, which means nothing to most.
      const line = typed.replaceAll("\n", " ");
      await input.type(line);
      await eventually("the last key to arrive", () => arrived(desktop).length >= line.length);
      assert.equal(arrived(desktop), line);
      await program.stop();
    },
  );
}

/** Programs that copy a text at one key, and end at the next, as people do. */
const copiers: Readonly<Record<string, string>> = {
  "GTK 3": `import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
window = Gtk.Window(title="copier")
window.connect("destroy", Gtk.main_quit)
def key(*it):
    if window.get_title() == "copied":
        return Gtk.main_quit()
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    clipboard.set_text("Größe: 5 €", -1)
    clipboard.set_can_store(None)
    window.set_title("copied")
window.connect("key-press-event", key)
window.show()
Gtk.main()
`,
  Qt: `import sys
from PyQt5.QtWidgets import QApplication, QWidget
application = QApplication(sys.argv)
class Window(QWidget):
    def keyPressEvent(self, event):
        if self.windowTitle() == "copied":
            return application.quit()
        application.clipboard().setText("Größe: 5 €")
        self.setWindowTitle("copied")
window = Window()
window.setWindowTitle("copier")
window.show()
application.exec()
del window
del application
`,
};

for (const [kind, source] of Object.entries(copiers)) {
  desktopTest(
    `what a ${kind} program has copied can be pasted when it has ended`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, "Xwayland");
      const input = await desktop.compositor.input();
      writeFileSync(join(desktop.home, "copier.py"), source);
      const env = { DISPLAY, GDK_BACKEND: "x11", QT_QPA_PLATFORM: "xcb" };
      const copier = desktop.start(proxied, "/usr/bin/python3", ["copier.py"], { env });
      await shown(desktop, "[vm] copier");
      await input.type("a");
      await windowTitled(desktop, "[vm] copied");
      await input.type("b");
      assert.equal((await copier.end()).code, 0);
      const pasted = await desktop.run(desktop.direct, "wl-paste", [
        "--no-newline",
        "--type",
        "text/plain;charset=utf-8",
      ]);
      assert.equal(pasted.toString(), "Größe: 5 €");
      // What is kept is let go when something else is copied, and Xwayland ends.
      const other = desktop.start(desktop.direct, "wl-copy", ["--foreground", "other"]);
      await desktop.run(desktop.direct, "sh", ["-c", 'until [ "$(wl-paste)" = other ]; do :; done']);
      await other.stop();
    },
  );
}

desktopTest("what is typed into gvim is in its file", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  const input = await desktop.compositor.input();
  const setup = ["-c", "autocmd TextChangedI * silent write", "-c", "startinsert", "-c", "set titlestring=gvim title"];
  const options = ["--nofork", "--clean", ...setup, "typed"];
  const gvim = desktop.start(proxied, "gvim", options, { env: { DISPLAY, GDK_BACKEND: "x11" } });
  assert.equal((await shown(desktop, "[vm] gvim")).appId, "gvim");
  await input.type(typed);
  // Vim ends its last, here empty, line too.
  await eventually("the last line to arrive", () => arrived(desktop).split("\n").length > 4);
  assert.equal(arrived(desktop), `${typed}\n`);
  await gvim.stop();
});

desktopTest("chromium gets what is typed, and what is chosen from its list", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  const input = await desktop.compositor.input();
  const program = chromium(desktop, proxied);
  const { rect } = await shown(desktop, "[vm] ready");
  await input.type(typed);
  await windowTitled(desktop, `[vm] ${encodeURIComponent(typed)}`);

  const { program: host } = desktop.compositor;
  const before = host.output.length;
  await input.move(rect.x + 100, rect.y + 20);
  await input.click();
  const configured = /xdg_popup@\d+\.configure\((-?\d+), (-?\d+), (\d+), (\d+)\)/;
  const place = await eventually("the list", () => configured.exec(host.output.slice(before)));
  const [x = 0, y = 0, width = 0, height = 0] = place.slice(1).map(Number);
  assert.deepEqual([x, y], [0, 40], "it is below what was clicked");
  await desktop.still("the list", () => true);
  await input.move(rect.x + x + width / 2, rect.y + y + height / 2);
  await input.click();
  await windowTitled(desktop, "[vm] two");
  await program.stop();
});
