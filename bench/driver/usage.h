/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USAGE_H
#define USAGE_H

#include <stdint.h>
#include <sys/types.h>

/* What a process, and the processes that it started, have used. */
struct usage {
  uint64_t cpu_ns;  /* processor time since they started */
  uint64_t main_ns; /* of these, what the process's first thread took */
  uint64_t rss_kib; /* resident now; pages shared by several processes count for each */
  uint64_t private_kib; /* of these, what no other process maps */
};

/* Reads it from /proc; ends the program when the process is gone. */
struct usage usage_of(pid_t pid);

/* Processor time of all programs and threads of the kernel since the machine started; 0 when the kernel does not say. */
uint64_t machine_ns(void);

#endif
