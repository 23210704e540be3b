// SPDX-License-Identifier: Apache-2.0
/**
 * System calls that QEMU does not need, and that would help somebody who has taken it over: a filter for seccomp(2). It also
 * lets no guest make programs in shared folders that run as their owner, whoever starts them.
 */
import { UserError } from "../../errors.ts";

/** Numbers of calls, which each kind of processor has its own of. */
interface Calls {
  /** How the kernel names the processor: AUDIT_ARCH_* in linux/audit.h. */
  readonly arch: number;
  /** Namespaces, mounts, other processes, keys, and parts of the kernel that only administrators use. */
  readonly refused: readonly number[];
  readonly clone: number;
  /** Calls that give a file its mode, and which argument that is. */
  readonly modes: readonly (readonly [call: number, argument: number])[];
}

// open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd, mount_setattr: new calls have the same numbers everywhere.
const newMountCalls = [428, 429, 430, 431, 432, 433, 438, 442];
const CLONE3 = 435;
const OPENAT2 = 437;
const FCHMODAT2 = 452;

const calls: Readonly<Partial<Record<NodeJS.Architecture, Calls>>> = {
  x64: {
    arch: 0xc000003e,
    refused: [
      // unshare, setns, mount, umount2, pivot_root, chroot, open_by_handle_at
      ...[272, 308, 165, 166, 155, 161, 304, ...newMountCalls],
      // ptrace, process_vm_readv, process_vm_writev, add_key, request_key, keyctl
      ...[101, 310, 311, 248, 249, 250],
      // bpf, perf_event_open, userfaultfd, kexec_load, kexec_file_load, init_module, finit_module, delete_module
      ...[321, 298, 323, 246, 320, 175, 313, 176],
    ],
    clone: 56,
    // open, creat, chmod, fchmod, mknod, openat, mknodat, fchmodat
    modes: [
      [2, 2],
      [85, 1],
      [90, 1],
      [91, 1],
      [133, 1],
      [257, 3],
      [259, 2],
      [268, 2],
      [FCHMODAT2, 2],
    ],
  },
  arm64: {
    arch: 0xc00000b7,
    refused: [
      ...[97, 268, 40, 39, 41, 51, 265, ...newMountCalls],
      ...[117, 270, 271, 217, 218, 219],
      ...[280, 241, 282, 104, 294, 105, 273, 106],
    ],
    clone: 220,
    // mknodat, fchmod, fchmodat, openat
    modes: [
      [33, 2],
      [52, 1],
      [53, 2],
      [56, 3],
      [FCHMODAT2, 2],
    ],
  },
};

/** Numbers from here on are those of x32, another interface of the same kernel. */
const X32 = 0x40000000;

/** All kinds of namespaces that clone(2) makes. */
const NEW_NAMESPACES = 0x7e020000;
const SET_USER_OR_GROUP = 0o6000;

/** Codes of the language: linux/bpf_common.h. */
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_FROM = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const refuse = (errno: number): number => 0x00050000 | errno;
const EPERM = refuse(1);
const ENOSYS = refuse(38);

/** Where the number of a call, the processor, and the lower half of an argument are in what is asked about. */
const NUMBER = 0;
const ARCH = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

type Instruction = readonly [code: number, yes: number, no: number, value: number];

/** The filter for this processor. Throws a UserError where none is known. */
export function callFilter(processor: NodeJS.Architecture = process.arch): Buffer {
  const numbers = calls[processor];
  if (numbers === undefined) throw new UserError(`VMs are not made on ${processor}`);
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCH],
    [JUMP_EQUAL, 1, 0, numbers.arch],
    [RETURN, 0, 0, EPERM],
    [LOAD, 0, 0, NUMBER],
    [JUMP_FROM, 0, 1, X32],
    [RETURN, 0, 0, EPERM],
  ];
  for (const call of numbers.refused) program.push([JUMP_EQUAL, 0, 1, call], [RETURN, 0, 0, EPERM]);
  // What they are asked for is in memory, where no filter can look; the C library does without them.
  for (const call of [CLONE3, OPENAT2]) program.push([JUMP_EQUAL, 0, 1, call], [RETURN, 0, 0, ENOSYS]);
  program.push(...withoutBits(numbers.clone, 0, NEW_NAMESPACES));
  for (const [call, argument] of numbers.modes) program.push(...withoutBits(call, argument, SET_USER_OR_GROUP));
  program.push([RETURN, 0, 0, ALLOW]);
  return encoded(program);
}

/** Refuses a call with one of these bits in an argument. */
function withoutBits(call: number, argument: number, bits: number): Instruction[] {
  return [
    [JUMP_EQUAL, 0, 4, call],
    [LOAD, 0, 0, argumentAt(argument)],
    [JUMP_ANY_BIT, 0, 1, bits],
    [RETURN, 0, 0, EPERM],
    [RETURN, 0, 0, ALLOW],
  ];
}

/** As struct sock_filter. */
function encoded(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  for (const [index, [code, yes, no, value]] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * index);
    bytes.writeUInt8(yes, 8 * index + 2);
    bytes.writeUInt8(no, 8 * index + 3);
    bytes.writeUInt32LE(value, 8 * index + 4);
  }
  return bytes;
}
