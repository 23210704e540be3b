// SPDX-License-Identifier: Apache-2.0
/**
 * System calls that QEMU and virtiofsd do not need, and that would help somebody who has taken one of them over: a filter for
 * seccomp(2). It also lets no guest make programs in shared folders that run as their owner, whoever starts them.
 */
import { UserError } from "../../errors.ts";
import { ALLOW, ENOSYS, EPERM, FilterProgram, NEW_NAMESPACES } from "../../seccomp/filter-program.ts";

/** Namespaces, mounts, other processes, keys, and parts of the kernel that only administrators use. */
const refused = [
  ...["setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"],
  ...["open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr"],
  ...["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "add_key", "request_key", "keyctl"],
  ...["bpf", "perf_event_open", "userfaultfd", "kexec_load", "kexec_file_load"],
  ...["init_module", "finit_module", "delete_module"],
];

/**
 * What these are asked for is in memory, where no filter can look: that of an io_uring would go past this one. The C library
 * and QEMU do without them.
 */
const inMemory = ["clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register"];

/** Calls that give a file its mode, and which argument that is. */
const modes: readonly (readonly [name: string, argument: number])[] = [
  ["open", 2],
  ["creat", 1],
  ["chmod", 1],
  ["fchmod", 1],
  ["mknod", 1],
  ["openat", 3],
  ["mknodat", 2],
  ["fchmodat", 2],
  ["fchmodat2", 2],
];

/** The namespaces that clone(2) does not make. */
const NEW_CLOCKS = 0x80;

const SET_USER_OR_GROUP = 0o6000;

/** The filter for this processor. Throws a UserError where none is known. */
export function callFilter(processor: NodeJS.Architecture = process.arch): Buffer {
  const program = FilterProgram.for(processor);
  if (program === null) throw new UserError(`VMs are not made on ${processor}`);
  program.decide(refused, EPERM).decide(inMemory, ENOSYS);
  program.allowWithoutBits("clone", 0, NEW_NAMESPACES);
  // Threads of virtiofsd have a umask of their own, which is no namespace.
  program.allowWithoutBits("unshare", 0, NEW_NAMESPACES | NEW_CLOCKS);
  for (const [name, argument] of modes) program.allowWithoutBits(name, argument, SET_USER_OR_GROUP);
  return program.end(ALLOW);
}
