// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";

const orange = 0xff8800;
const azure = 0x0080ff;

desktopTest("weston-simple-shm draws frame after frame", { on: ["weston"] }, async (desktop) => {
  const empty = await desktop.compositor.screenshot();
  desktop.start(await desktop.proxied(), "weston-simple-shm");
  const first = await eventually("the window", async () => {
    const picture = await desktop.compositor.screenshot();
    return picture.difference(empty) > 50_000 && picture;
  });
  await eventually("another frame", async () => {
    const picture = await desktop.compositor.screenshot();
    return picture.difference(empty) > 50_000 && picture.difference(first) > 0;
  });
});

desktopTest("weston-flower shows its flower", { on: ["weston", "sway"] }, async (desktop) => {
  const empty = await desktop.compositor.screenshot();
  desktop.start(await desktop.proxied(), "weston-flower");
  await desktop.still("the flower", (picture) => picture.difference(empty) > 5000);
});

desktopTest("evince shows a PDF", { on: ["weston", "sway"] }, async (desktop) => {
  const file = join(desktop.home, "page.pdf");
  const draw = "0 0.5 1 rg 0 0 300 300 re f\n";
  writeFileSync(
    file,
    `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>> endobj
4 0 obj <</Length ${draw.length}>> stream
${draw}endstream endobj
trailer <</Root 1 0 R>>
`,
  );
  desktop.start(await desktop.proxied(), "evince", [file]);
  // The page is 300 points, 400 pixels at 96 dpi.
  await eventually("the page", async () => (await desktop.compositor.screenshot()).countOf(azure) > 155_000);
});

desktopTest("firefox shows a page", { on: ["sway"] }, async (desktop) => {
  const page = join(desktop.home, "page.html");
  const profile = join(desktop.home, "profile");
  writeFileSync(page, `<!doctype html><title>a page</title><body style="background: #ff8800">`);
  mkdirSync(profile);
  const settings = {
    "browser.aboutwelcome.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": false,
    "termsofuse.bypassNotification": true,
  };
  const lines = Object.entries(settings).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const arguments_ = ["--new-instance", "--profile", profile, `file://${page}`];
  const firefox = desktop.start(await desktop.proxied(), "firefox-esr", arguments_);
  await eventually("the page", async () => {
    assert.ok(firefox.running, "firefox ended");
    return (await desktop.compositor.screenshot()).countOf(orange) > 500_000;
  });
  await eventually("the title", async () => {
    const [window] = await desktop.sway.windows();
    return /^a page . Mozilla Firefox$/.test(window?.title ?? "");
  });
});
