// SPDX-License-Identifier: Apache-2.0
import { EventCodec } from "../codec/events.ts";
import { errors, extensionNames, requestName } from "../codec/protocol.ts";

/** The numbers that the server has given an extension. */
export interface Extension {
  readonly opcode: number;
  readonly firstEvent: number;
  readonly firstError: number;
}

/** The version of an extension, as agreed upon. */
export type Version = readonly [major: number, minor: number];

/** The extensions of one server, and what numbers mean there. */
export class Extensions {
  readonly #known = new Map<string, Extension>();
  readonly #versions = new Map<string, Version>();
  readonly #errors = new Map<number, string>();
  readonly events: EventCodec = new EventCodec();

  constructor() {
    this.#addErrors("", 0);
  }

  add(name: string, extension: Extension): void {
    this.#known.set(name, extension);
    this.events.add(name, extension.firstEvent);
    this.#addErrors(name, extension.firstError);
  }

  setVersion(name: string, version: Version): void {
    this.#versions.set(name, version);
  }

  /** Whether the server has the extension in that version or a later one. */
  supports(name: string, major: number, minor: number): boolean {
    const version = this.#versions.get(name);
    return version !== undefined && (version[0] > major || (version[0] === major && version[1] >= minor));
  }

  /** The major opcode. Throws an Error for an extension that the server lacks. */
  opcode(name: string): number {
    const extension = this.#known.get(name);
    if (extension === undefined) throw new Error(`the X server lacks the extension ${extensionNames.get(name)}`);
    return extension.opcode;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** The protocol's name for an error. */
  errorName(code: number): string {
    return this.#errors.get(code) ?? `error ${code}`;
  }

  /** The request that has these opcodes. */
  requestName(major: number, minor: number): string {
    for (const [name, { opcode }] of this.#known) if (opcode === major) return requestName(name, minor);
    return requestName("", major);
  }

  #addErrors(extension: string, first: number): void {
    for (const error of errors) if (error.extension === extension) this.#errors.set(first + error.number, error.name);
  }
}
