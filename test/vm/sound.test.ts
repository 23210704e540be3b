// SPDX-License-Identifier: Apache-2.0
/** Sound from VMs, by real sound servers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { DisposableVms } from "./support/disposable.ts";
import { SoundServer, secondsOfTone } from "./support/sound-server.ts";

/** A tone for ALSA, in Hz. An octave higher and lower there is nothing. */
const TONE = 1000;
const play = `speaker-test -D plughw:0,0 -c 2 -r 48000 -F S16_LE -t sine -f ${TONE} -l 1`;

desktopTest("a tone of a VM is heard here, by PipeWire and by PulseAudio", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const server = new SoundServer(desktop, vms);
  await server.start();
  // PipeWire comes first, unless there is no such socket.
  const drivers = { pipewire: {}, pa: { PIPEWIRE_REMOTE: join(vms.folder, "nowhere") } };
  for (const [driver, variables] of Object.entries(drivers)) {
    const shown = await vms.run(["--audio", "--dry-run", "true"], undefined, variables);
    assert.match(shown.output.toString(), new RegExp(`-audiodev ${driver},`), shown.errors);
    const heard = await server.hears(async () => {
      const { code, output, errors } = await vms.run(["--audio", "--", "sh", "-c", play], undefined, variables);
      assert.equal(code, 0, `${output}${errors}`);
    });
    // A busy machine plays it with gaps.
    const seconds = secondsOfTone(heard, TONE);
    assert.ok(seconds > 0.5, `by ${driver}, ${seconds} s of the tone in ${heard.length} samples`);
    for (const other of [TONE / 2, TONE * 2]) assert.equal(secondsOfTone(heard, other), 0);
  }
  await server.stop();
});
