// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionOptions, X11Connection } from "../../src/x11/client/connection.ts";
import { appendProperty, getProperty, setProperty, wordsOf } from "../../src/x11/client/properties.ts";
import { X11ClosedError } from "../../src/x11/codec/errors.ts";
import type { EventOf, X11Event } from "../../src/x11/codec/events.ts";
import {
  Atom,
  CompositeRedirect,
  EventMask,
  RandRNotifyMask,
  RenderPictType,
  ResClientIdMask,
  SyncTESTTYPE,
  WindowClass,
  XFixesClientDisconnectFlags,
  XFixesSelectionEventMask,
} from "../../src/x11/generated/enums.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { XServer } from "./support/x-server.ts";

/** Runs a test on both servers: Xvfb, which is nobody's client, and Xwayland, which is weston's. */
function onBothServers(name: string, body: (server: XServer) => Promise<void>, options: ConnectionOptions = {}): void {
  test(`${name}, on Xvfb`, async () => {
    await using server = await XServer.xvfb(options);
    await body(server);
  });
  desktopTest(`${name}, on Xwayland`, { on: ["weston"] }, async (desktop) => {
    await using server = await XServer.xwayland(desktop.direct.socket, options);
    await body(server);
  });
}

function createWindow(x: X11Connection, eventMask: number = EventMask.NoEvent): number {
  const window = x.allocateId();
  x.send("CreateWindow", {
    depth: 0,
    wid: window,
    parent: x.setup.root,
    x: -5,
    y: 7,
    width: 64,
    height: 48,
    border_width: 0,
    class: WindowClass.InputOutput,
    visual: 0,
    event_mask: eventMask,
  });
  return window;
}

/** Collects events; `next` waits for the first that it did not return yet and that has that name. */
function listen(x: X11Connection): {
  next: <Name extends X11Event["name"]>(name: Name) => Promise<EventOf<Name>>;
  closed: Promise<Error>;
} {
  const events: X11Event[] = [];
  let wake = (): void => {};
  const closed = new Promise<Error>((resolve) => {
    x.listen({
      event(event) {
        events.push(event);
        wake();
      },
      closed: resolve,
    });
  });
  return {
    closed,
    async next(name) {
      for (;;) {
        const index = events.findIndex((event) => event.name === name);
        if (index >= 0) return events.splice(index, 1)[0] as unknown as EventOf<typeof name>;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const MANY = 70_000;
const NO_WINDOW = 0x7777777;

onBothServers("X11 requests are told apart beyond 16 bits of numbers", async ({ manager: x }) => {
  const window = createWindow(x, EventMask.PropertyChange);
  const { next } = listen(x);
  const { root } = x.setup;

  const replies = Array.from({ length: MANY }, (_, i) =>
    x.call("GetGeometry", { drawable: i % 2 === 0 ? root : window }),
  );
  for (const [i, { width }] of (await Promise.all(replies)).entries()) assert.equal(width === 64, i % 2 === 1);

  for (let i = 0; i < MANY; i++) x.send("DeleteProperty", { window, property: Atom.WM_NAME });
  assert.equal((await x.call("GetGeometry", { drawable: window })).height, 48);

  const refused = Array.from({ length: MANY }, (_, i) =>
    x.call("GetGeometry", { drawable: NO_WINDOW + i }).then(
      () => -1,
      (error) => error.value,
    ),
  );
  for (const [i, value] of (await Promise.all(refused)).entries()) assert.equal(value, NO_WINDOW + i);

  setProperty(x, window, Atom.WM_NAME, Atom.STRING, Buffer.from("a"));
  const { sequence } = x;
  const event = await next("PropertyNotify");
  assert.deepEqual([event.sequence, event.atom, event.sendEvent], [sequence, Atom.WM_NAME, false]);
});

const stray: number[] = [];
onBothServers(
  "X11 errors that nobody waits for harm nobody, and checked requests get theirs",
  async ({ manager: x }) => {
    stray.length = 0;
    for (let i = 0; i < MANY; i++) x.send("MapWindow", { window: NO_WINDOW + i });
    await assert.rejects(
      x.checked("MapWindow", { window: NO_WINDOW }),
      /^X11Error: MapWindow: BadWindow \(0x7777777\)$/,
    );
    await x.checked("MapWindow", { window: createWindow(x) });
    assert.equal(stray.length, MANY);
    assert.ok(stray.every((value, i) => value === NO_WINDOW + i));
  },
  { onStrayError: (error) => stray.push(error.value) },
);

onBothServers("X11 properties of 1 and 20 MiB are written, appended to and read", async ({ manager: x }) => {
  const window = createWindow(x);
  const small = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => i * 7);
  setProperty(x, window, Atom.WM_NAME, Atom.STRING, small);
  const name = await getProperty(x, window, Atom.WM_NAME);
  assert.equal(Buffer.compare(name?.bytes ?? Buffer.alloc(0), small), 0);
  // The end of it, and that alone.
  const tail = await getProperty(x, window, Atom.WM_NAME, { offset: small.length - 8, maxBytes: 4 });
  assert.deepEqual([...(tail?.bytes ?? []), tail?.bytesAfter], [...small.subarray(-8, -4), 4]);

  // Longer than a request can be.
  const large = Uint32Array.from({ length: 5 * 1024 * 1024 }, (_, i) => i);
  setProperty(x, window, Atom.WM_HINTS, Atom.CARDINAL, large);
  appendProperty(x, window, Atom.WM_HINTS, Atom.CARDINAL, Uint32Array.of(4, 2));
  const hints = await getProperty(x, window, Atom.WM_HINTS, { maxBytes: 32 * 1024 * 1024, delete: true });
  const words = wordsOf(hints);
  assert.deepEqual([words.length, ...words.slice(-2)], [large.length + 2, 4, 2]);
  assert.equal(
    Buffer.compare(Buffer.from(words.buffer, words.byteOffset, large.byteLength), Buffer.from(large.buffer)),
    0,
  );
  assert.equal(await getProperty(x, window, Atom.WM_HINTS), null);
});

onBothServers("X11 events come in order with replies, and show what a client made up", async (server) => {
  const x = server.manager;
  const mask = EventMask.PropertyChange | EventMask.StructureNotify;
  const window = createWindow(x, mask);
  const order: string[] = [];
  let told = (): void => {};
  const done = new Promise<void>((resolve) => {
    told = resolve;
  });
  x.listen({
    event(event) {
      order.push(event.sendEvent ? `made-up ${event.name}` : event.name);
      if (event.name === "ClientMessage") told();
    },
    closed() {},
  });
  setProperty(x, window, Atom.WM_NAME, Atom.STRING, Buffer.from("before"));
  const asked = x.call("GetGeometry", { drawable: window }).then(async () => {
    await null;
    order.push("reply");
  });
  x.send("ConfigureWindow", { window, x: 20, y: 30 });
  await asked;
  await x.sync();

  const client = await server.connect();
  const data = [1, 2, 0xffff_ffff, 4, 5];
  // A forged event has the same fields as the server's own.
  const forged = { event: window, window, from_configure: false };
  client.sendEvent(window, EventMask.StructureNotify, { name: "UnmapNotify", ...forged });
  client.sendEvent(window, EventMask.NoEvent, { name: "ClientMessage", format: 32, window, type: Atom.WM_HINTS, data });
  await done;
  assert.deepEqual(order, [
    "PropertyNotify",
    "reply",
    "ConfigureNotify",
    "made-up UnmapNotify",
    "made-up ClientMessage",
  ]);
});

onBothServers("a window manager gets from the X server what it needs", async (server) => {
  const x = server.manager;
  const { root } = x.setup;
  const { next } = listen(x);
  const versions = [
    ["Composite", 0, 4],
    ["Res", 1, 2],
    ["RandR", 1, 5],
    ["Sync", 3, 1],
    ["Shape", 1, 1],
    ["Render", 0, 11],
    ["XFixes", 6, 0],
  ] as const;
  assert.deepEqual(
    versions.filter(([name, major, minor]) => !x.supports(name, major, minor)),
    [],
  );
  assert.ok(x.maxRequest > 4 * 0xffff);

  // Redirection of windows, as the one window manager.
  const event_mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify;
  await x.checked("ChangeWindowAttributes", { window: root, event_mask });
  await x.checked("Composite.RedirectSubwindows", { window: root, update: CompositeRedirect.Manual });
  await x.checked("XFixes.SetClientDisconnectMode", { disconnect_mode: XFixesClientDisconnectFlags.Terminate });
  const client = await server.connect();
  const second = client.checked("ChangeWindowAttributes", { window: root, event_mask });
  await assert.rejects(second, /BadAccess/);
  const window = createWindow(client);
  client.send("MapWindow", { window });
  const { name: _name, sequence: _sequence, ...created } = await next("CreateNotify");
  const geometry = { x: -5, y: 7, width: 64, height: 48, border_width: 0 };
  assert.deepEqual(created, { sendEvent: false, parent: root, window, ...geometry, override_redirect: false });
  assert.equal((await next("MapRequest")).window, window);

  // Whose window it is.
  const specs = [{ client: window, mask: ResClientIdMask.LocalClientPID }];
  const { ids } = await x.call("Res.QueryClientIds", { specs });
  assert.deepEqual(
    ids.map(({ value }) => value),
    [[process.pid]],
  );

  // Selections.
  const [clipboard = 0] = await x.atoms.intern(["CLIPBOARD"]);
  const { SetSelectionOwner, SelectionWindowDestroy, SelectionClientClose } = XFixesSelectionEventMask;
  const selectionMask = SetSelectionOwner | SelectionWindowDestroy | SelectionClientClose;
  x.send("XFixes.SelectSelectionInput", { window: root, selection: clipboard, event_mask: selectionMask });
  await x.sync();
  client.send("SetSelectionOwner", { owner: window, selection: clipboard, time: 0 });
  const owned = await next("XFixes.SelectionNotify");
  assert.deepEqual([owned.selection, owned.owner], [clipboard, window]);

  // A cursor with an alpha channel.
  const { formats } = await x.call("Render.QueryPictFormats");
  const argb = formats.find(
    ({ type, depth, direct }) => type === RenderPictType.Direct && depth === 32 && direct.alpha_shift === 24,
  );
  assert.ok(argb);
  const [pixmap, gc, picture, cursor] = Array.from({ length: 4 }, () => x.allocateId()) as [
    number,
    number,
    number,
    number,
  ];
  const drawn = [
    x.checked("CreatePixmap", { depth: 32, pid: pixmap, drawable: root, width: 2, height: 2 }),
    x.checked("CreateGC", { cid: gc, drawable: pixmap }),
    x.checked("PutImage", {
      format: 2,
      drawable: pixmap,
      gc,
      width: 2,
      height: 2,
      dst_x: 0,
      dst_y: 0,
      left_pad: 0,
      depth: 32,
      data: new Uint8Array(16).fill(255),
    }),
    x.checked("Render.CreatePicture", { pid: picture, drawable: pixmap, format: argb.id }),
    x.checked("Render.CreateCursor", { cid: cursor, source: picture, x: 1, y: 1 }),
    x.checked("ChangeWindowAttributes", { window: root, cursor }),
    x.checked("FreeCursor", { cursor }),
    x.checked("Render.FreePicture", { picture }),
    x.checked("FreeGC", { gc }),
    x.checked("FreePixmap", { pixmap }),
  ];
  await Promise.all(drawn);

  // Outputs.
  x.send("RandR.SelectInput", { window: root, enable: RandRNotifyMask.OutputChange | RandRNotifyMask.CrtcChange });
  const { outputs, crtcs, config_timestamp } = await x.call("RandR.GetScreenResourcesCurrent", { window: root });
  const [output = 0] = outputs;
  const info = await x.call("RandR.GetOutputInfo", { output, config_timestamp });
  assert.ok(crtcs.includes(info.crtc));
  const crtc = await x.call("RandR.GetCrtcInfo", { crtc: info.crtc, config_timestamp });
  assert.deepEqual([crtc.width, crtc.height, crtc.outputs], [x.setup.width, x.setup.height, [output]]);
  await x.checked("RandR.SetOutputPrimary", { window: root, output });
  assert.equal((await x.call("RandR.GetOutputPrimary", { window: root })).output, output);

  // An alarm, for resizing in step; its end is an event, too.
  const alarm = x.allocateId();
  await x.checked("Sync.CreateAlarm", {
    id: alarm,
    counter: 0,
    value: 5n,
    testType: SyncTESTTYPE.PositiveComparison,
    delta: 1n,
    events: 1,
  });
  await x.checked("Sync.DestroyAlarm", { alarm });
  assert.equal((await next("Sync.AlarmNotify")).alarm, alarm);

  const extents = await x.call("Shape.QueryExtents", { destination_window: window });
  assert.deepEqual([extents.bounding_shape_extents_width, extents.bounding_shaped], [64, false]);
});

onBothServers("an X server that is killed rejects all that waits for it", async (server) => {
  const x = server.manager;
  const { closed } = listen(x);
  await server.kill();
  const pending = [x.sync(), x.call("GetAtomName", { atom: 1 }), x.checked("MapWindow", { window: 1 })];
  for (const one of pending) await assert.rejects(one, X11ClosedError);
  assert.ok((await closed) instanceof Error);
});
