// SPDX-License-Identifier: Apache-2.0
/** The first questions of a connection: which extensions there are, and in which versions. */

import { extensionNames } from "../codec/protocol.ts";
import type { X11Connection } from "./connection.ts";
import type { Extensions, Version } from "./extensions.ts";

type VersionQuery = (x: X11Connection) => Promise<Version>;

/** The question for each extension's version, naming the one that we know. A server wants to know that first. */
const questions: Readonly<Record<string, VersionQuery>> = {
  async Composite(x) {
    const reply = await x.call("Composite.QueryVersion", { client_major_version: 0, client_minor_version: 4 });
    return [reply.major_version, reply.minor_version];
  },
  async XFixes(x) {
    const reply = await x.call("XFixes.QueryVersion", { client_major_version: 6, client_minor_version: 0 });
    return [reply.major_version, reply.minor_version];
  },
  async Res(x) {
    const reply = await x.call("Res.QueryVersion", { client_major: 1, client_minor: 2 });
    return [reply.server_major, reply.server_minor];
  },
  async RandR(x) {
    const reply = await x.call("RandR.QueryVersion", { major_version: 1, minor_version: 6 });
    return [reply.major_version, reply.minor_version];
  },
  async Sync(x) {
    const reply = await x.call("Sync.Initialize", { desired_major_version: 3, desired_minor_version: 1 });
    return [reply.major_version, reply.minor_version];
  },
  async Shape(x) {
    const reply = await x.call("Shape.QueryVersion");
    return [reply.major_version, reply.minor_version];
  },
  async Render(x) {
    const reply = await x.call("Render.QueryVersion", { client_major_version: 0, client_minor_version: 11 });
    return [reply.major_version, reply.minor_version];
  },
};

/** Finds out which extensions of the tables the server has, in one round trip. */
export async function queryExtensions(x: X11Connection, extensions: Extensions): Promise<void> {
  const asked = [...extensionNames].map(async ([name, xname]) => {
    const { present, major_opcode, first_event, first_error } = await x.call("QueryExtension", { name: xname });
    if (present) extensions.add(name, { opcode: major_opcode, firstEvent: first_event, firstError: first_error });
  });
  await Promise.all(asked);
}

/** Agrees on their versions, in one round trip. */
export async function agreeOnVersions(x: X11Connection, extensions: Extensions): Promise<void> {
  const asked = Object.entries(questions)
    .filter(([name]) => extensions.has(name))
    .map(async ([name, ask]) => extensions.setVersion(name, await ask(x)));
  await Promise.all(asked);
}
