// SPDX-License-Identifier: Apache-2.0
/** The system calls that are left in a jail: those that our steady state makes, and those that Node, V8 and libc may. */
import { FIRST_NEW_CALL } from "../seccomp/call-numbers.ts";
import { ALLOW, ENOSYS, EPERM, FilterProgram, NEW_NAMESPACES, NOTIFY } from "../seccomp/filter-program.ts";

/** The first of these are the most frequent, which older kernels find by going through the list. */
const allowed = [
  ...["recvmsg", "sendmsg", "epoll_wait", "epoll_pwait", "epoll_pwait2", "read", "write", "futex", "epoll_ctl"],
  // Files, pipes and sockets that are open, and new ones that lead nowhere.
  ...[
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "close",
    "close_range",
  ],
  ...["dup", "dup2", "dup3", "fcntl", "fsync", "fdatasync", "ftruncate", "fallocate", "fadvise64", "flock", "fchmod"],
  ...["poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "eventfd", "eventfd2", "pipe", "pipe2"],
  ...["timerfd_create", "timerfd_settime", "timerfd_gettime", "memfd_create", "getdents64"],
  ...["accept", "accept4", "recvfrom", "sendto", "shutdown", "getsockopt", "setsockopt", "getsockname", "getpeername"],
  // What files are like: all that is found by a path is that a file exists, its size, owner and times.
  ...["fstat", "newfstatat", "statx", "stat", "lstat", "fstatfs"],
  // Memory.
  ...["mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "msync", "mincore", "mlock", "mlock2", "munlock"],
  ...["membarrier", "pkey_alloc", "pkey_free", "pkey_mprotect", "mseal", "get_mempolicy"],
  // Threads, and children that have been.
  ...[
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "set_tid_address",
    "exit",
    "exit_group",
    "gettid",
    "getpid",
    "getppid",
  ],
  ...["tgkill", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max"],
  ...["sched_get_priority_min", "getpriority", "wait4", "waitid", "kill", "arch_prctl", "futex_waitv"],
  ...["futex_wake", "futex_wait", "futex_requeue"],
  // Signals.
  ...["rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend"],
  ...["sigaltstack", "restart_syscall", "setitimer", "getitimer", "timer_create", "timer_settime", "timer_delete"],
  // Time, and what one may know of oneself and of the machine.
  ...["clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "times", "getrandom"],
  ...["getuid", "geteuid", "getgid", "getegid", "getgroups", "getpgrp", "getpgid", "getsid", "getrlimit", "getrusage"],
  ...["uname", "sysinfo", "getcpu", "getcwd", "capget", "umask"],
];

/** Calls without which libraries make do: what they ask for is in memory, or would go past this filter. */
const asIfUnknown = ["clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register"];

/** Names for threads and memory, and the end of a child with its parent; not what makes core dumps and debuggers possible. */
const PR_SET_PDEATHSIG = 1;
const PR_GET_DUMPABLE = 3;
const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
const PR_GET_NO_NEW_PRIVS = 39;
const PR_SET_VMA = 0x53564d41;
const harmlessPrctls = [PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_NO_NEW_PRIVS, PR_SET_VMA];

/** Modes of terminals, and of what is open; the fences of a dma-buf. Not TIOCSTI, which types into a terminal's shell. */
const harmlessIoctls = [
  // TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGPGRP, TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
  ...[0x5401, 0x5402, 0x5403, 0x5404, 0x540f, 0x5411, 0x5413, 0x5414, 0x541b, 0x5421, 0x5450, 0x5451],
  // TCGETS2 and its like, TIOCGPTN; DMA_BUF_IOCTL_SYNC, DMA_BUF_IOCTL_EXPORT_SYNC_FILE
  ...[0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d, 0x80045430, 0x40086200, 0xc0086202],
];

/** Unix streams, with the flags of a socket beside the type: a datagram's socket could send to any address. */
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const streams = [0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC].map((flags) => SOCK_STREAM | flags);

/**
 * The filter for a jail, whose listener is asked about all that is refused; null for a processor that is not known here.
 *
 * @param hasRing whether the event loop has an io_uring, without which it would end the process
 */
export function jailFilter(processor: NodeJS.Architecture, hasRing: boolean): Buffer | null {
  const program = FilterProgram.for(processor)
    ?.decide(hasRing ? [...allowed, "io_uring_enter"] : allowed, ALLOW)
    .decide(asIfUnknown, ENOSYS);
  return (
    program
      ?.allowWithoutBits("clone", 0, NEW_NAMESPACES)
      .allowWithValues("prctl", 0, harmlessPrctls, EPERM)
      .allowWithValues("ioctl", 1, harmlessIoctls, NOTIFY)
      .allowWithValues("socketpair", 1, streams, NOTIFY)
      // Without a new limit: its address, in two halves, is none.
      .allowWithNull("prlimit64", 2, NOTIFY)
      .end(NOTIFY) ?? null
  );
}

/** Refuses to make an io_uring, and nothing else: what is asked of one goes past every filter. */
export function ringFilter(processor: NodeJS.Architecture): Buffer | null {
  return FilterProgram.for(processor)?.decide(["io_uring_setup"], ENOSYS).end(ALLOW) ?? null;
}

/** What the broker itself is left with. */
const ofBroker = [
  ...["ppoll", "recvmsg", "sendmsg", "socket", "connect", "bind", "listen", "openat", "readlinkat", "statx", "close"],
  ...[
    "unlinkat",
    "mkdirat",
    "renameat",
    "getdents64",
    "fcntl",
    "ioctl",
    "write",
    "getrandom",
    "exit_group",
    "restart_syscall",
  ],
  "rt_sigprocmask",
];

export function brokerFilter(processor: NodeJS.Architecture): Buffer | null {
  return FilterProgram.for(processor)?.decide(ofBroker, ALLOW).decideFrom(FIRST_NEW_CALL, ENOSYS).end(EPERM) ?? null;
}
