// SPDX-License-Identifier: Apache-2.0
/** A program for seccomp(2), which the kernel asks about each system call: built test by test, the first that decides counts. */
import { type CallNumbers, callNumbers } from "./call-numbers.ts";

/** AUDIT_ARCH_* of linux/audit.h: how the kernel names the processor. */
const architectures: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** Numbers from here on are those of x32, another interface of the same kernel. */
const X32 = 0x40000000;

/** Codes of the language: linux/bpf_common.h. */
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_FROM = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

/** What becomes of a call: SECCOMP_RET_* of linux/seccomp.h. */
export const ALLOW = 0x7fff0000;
/** Somebody else is asked, who has the filter's listener. */
export const NOTIFY = 0x7fc00000;
const refuse = (errno: number): number => 0x00050000 | errno;
export const EPERM: number = refuse(1);
/** As if the kernel were too old to know it: libraries then make do with an older call. */
export const ENOSYS: number = refuse(38);

/** Bits of an argument: all kinds of namespaces that clone(2) makes. */
export const NEW_NAMESPACES = 0x7e020000;

/** Where the number of a call, the processor, and the lower half of an argument are in what is asked about. */
const NUMBER = 0;
const ARCH = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

type Instruction = readonly [code: number, yes: number, no: number, value: number];

export class FilterProgram {
  readonly #numbers: CallNumbers;
  readonly #instructions: Instruction[] = [];

  private constructor(architecture: number, numbers: CallNumbers) {
    this.#numbers = numbers;
    this.#instructions.push(
      [LOAD, 0, 0, ARCH],
      [JUMP_EQUAL, 1, 0, architecture],
      [RETURN, 0, 0, EPERM],
      [LOAD, 0, 0, NUMBER],
      [JUMP_FROM, 0, 1, X32],
      [RETURN, 0, 0, EPERM],
    );
  }

  /** Begins a program, which refuses the calls of other processors' kinds. Null for a processor that is not known here. */
  static for(processor: NodeJS.Architecture): FilterProgram | null {
    const architecture = architectures[processor];
    const numbers = callNumbers(processor);
    return architecture === undefined || numbers === undefined ? null : new FilterProgram(architecture, numbers);
  }

  /** Decides about calls. Those that this processor never had are left out. */
  decide(names: readonly string[], verdict: number): this {
    for (const call of this.#known(names)) this.#instructions.push([JUMP_EQUAL, 0, 1, call], [RETURN, 0, 0, verdict]);
    return this;
  }

  /** Refuses a call with one of these bits in the lower half of an argument, and allows it without. */
  allowWithoutBits(name: string, argument: number, bits: number): this {
    for (const call of this.#known([name])) {
      this.#instructions.push(
        [JUMP_EQUAL, 0, 4, call],
        [LOAD, 0, 0, argumentAt(argument)],
        [JUMP_ANY_BIT, 0, 1, bits],
        [RETURN, 0, 0, EPERM],
        [RETURN, 0, 0, ALLOW],
      );
    }
    return this;
  }

  /** Allows a call if an argument, of which the lower half counts, is one of these values; else there is another verdict. */
  allowWithValues(name: string, argument: number, values: readonly number[], otherwise: number): this {
    for (const call of this.#known([name])) {
      this.#instructions.push(
        [JUMP_EQUAL, 0, 2 * values.length + 2, call],
        [LOAD, 0, 0, argumentAt(argument)],
        ...values.flatMap((value): Instruction[] => [
          [JUMP_EQUAL, 0, 1, value],
          [RETURN, 0, 0, ALLOW],
        ]),
        [RETURN, 0, 0, otherwise],
      );
    }
    return this;
  }

  /** Allows a call if an argument, of which both halves count, is zero; else there is another verdict. */
  allowWithNull(name: string, argument: number, otherwise: number): this {
    for (const call of this.#known([name])) {
      this.#instructions.push(
        [JUMP_EQUAL, 0, 6, call],
        [LOAD, 0, 0, argumentAt(argument)],
        [JUMP_EQUAL, 0, 3, 0],
        [LOAD, 0, 0, argumentAt(argument) + 4],
        [JUMP_EQUAL, 0, 1, 0],
        [RETURN, 0, 0, ALLOW],
        [RETURN, 0, 0, otherwise],
      );
    }
    return this;
  }

  /** Decides about all calls from this number on. */
  decideFrom(call: number, verdict: number): this {
    this.#instructions.push([JUMP_FROM, 0, 1, call], [RETURN, 0, 0, verdict]);
    return this;
  }

  /** Decides about all other calls, and returns the program as an array of struct sock_filter. */
  end(verdict: number): Buffer {
    const program: readonly Instruction[] = [...this.#instructions, [RETURN, 0, 0, verdict]];
    const bytes = Buffer.alloc(8 * program.length);
    for (const [index, [code, yes, no, value]] of program.entries()) {
      bytes.writeUInt16LE(code, 8 * index);
      bytes.writeUInt8(yes, 8 * index + 2);
      bytes.writeUInt8(no, 8 * index + 3);
      bytes.writeUInt32LE(value >>> 0, 8 * index + 4);
    }
    return bytes;
  }

  #known(names: readonly string[]): number[] {
    return names.map((name) => this.#numbers.of(name)).filter((call) => call !== undefined);
  }
}
