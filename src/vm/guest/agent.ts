// SPDX-License-Identifier: Apache-2.0
/**
 * The agent in a guest: it starts programs for the host, and carries what they read and write. It ends with its host. In a
 * guest with a system of its own, its argument is the user whose programs these are.
 */
import { createReadStream, createWriteStream, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../native/package-root.ts";
import { AGENT_PORT, type Frame, FrameKind, FrameReader, frameBytes, readNumber } from "../channel/frame.ts";
import type { GuestSetup, GuestUser, ProgramStart } from "../channel/messages.ts";
import { launcherPath } from "../launcher.ts";
import { findOwnUser, mountShares, tellServiceManager } from "./own-system.ts";
import { prepareGuest } from "./prepare.ts";
import { Program } from "./program.ts";
import { ServiceSockets } from "./service.ts";

const PORTS = "/sys/class/virtio-ports";

/** The device file of our port; there is no udev that would name it. */
function findPort(name: string): string {
  const port = readdirSync(PORTS).find((entry) => readFileSync(`${PORTS}/${entry}/name`, "utf8") === `${name}\n`);
  if (port === undefined) throw new Error(`the machine has no serial port named ${name}`);
  return `/dev/${port}`;
}

const folder = fileURLToPath(packageRoot);
const launcher = launcherPath(folder);
const [, , ownUser] = process.argv;
// Opened once for both directions: a second open would find the port busy.
const port = openSync(findPort(AGENT_PORT), "r+");
const output = createWriteStream("", { fd: port, autoClose: false });
const programs = new Map<number, Program>();
let user: GuestUser | null = null;

function send(kind: FrameKind, program = 0, body: Uint8Array = new Uint8Array()): void {
  output.write(frameBytes(kind, program, body));
}

function setUp(setup: GuestSetup): void {
  const { user: owner, runtimeDir } = ownUser === undefined ? prepareGuest(setup) : findOwnUser(ownUser);
  mountShares(setup.shares, owner, launcher);
  for (const service of setup.services) {
    const environment = { ...owner.environment, ...service.environment };
    new ServiceSockets({ ...service, environment }, owner, runtimeDir, launcher, join(folder, "dist/bin"));
  }
  if (ownUser !== undefined) tellServiceManager(owner, setup.environment, launcher);
  user = { ...owner, environment: { ...owner.environment, ...setup.environment } };
  send(FrameKind.ready);
}

function onFrame(frame: Frame): void {
  const { kind, program: id, body } = frame;
  const program = programs.get(id);
  switch (kind) {
    case FrameKind.setup:
      setUp(JSON.parse(body.toString()) as GuestSetup);
      break;
    case FrameKind.start: {
      if (user === null) throw new Error("a program before the setup");
      const start = JSON.parse(body.toString()) as ProgramStart;
      const sendOf = (ownKind: FrameKind, ownBody: Uint8Array): void => send(ownKind, id, ownBody);
      programs.set(id, new Program(start, user, launcher, sendOf, () => programs.delete(id)));
      break;
    }
    case FrameKind.input:
      program?.input(Buffer.from(body));
      break;
    case FrameKind.signal:
      program?.signal(body.readUInt8());
      break;
    case FrameKind.resize:
      program?.resize({ columns: body.readUInt16LE(), rows: body.readUInt16LE(2) });
      break;
    case FrameKind.outputGrant:
      program?.grant(body.readUInt8(), readNumber(frame, 1));
      break;
    case FrameKind.outputEnd:
      program?.endOutput(body.readUInt8());
      break;
  }
}

const reader = new FrameReader();
createReadStream("", { fd: port, autoClose: false, highWaterMark: 128 * 1024 })
  .on("data", (bytes) => {
    for (const frame of reader.read(bytes as Buffer)) onFrame(frame);
  })
  .on("end", () => process.exit(0));
