/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACED_H
#define PACED_H

#include <sys/types.h>

/* Programs as they are used: they draw at the pace of a screen, and what is between sleeps in the meantime. */
struct pace {
  unsigned windows; /* each of a client of its own */
  double hertz;     /* frames a second of each window */
  double skip;      /* seconds before the measured time */
  double seconds;
};

/* Prints how many frames there were, in which time, and the processor time of the process. */
void paced_frames(const char *socket_path, struct pace pace, pid_t pid);

#endif
