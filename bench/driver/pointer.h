/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POINTER_H
#define POINTER_H

#include <sys/types.h>

/*
 * A compositor that has nothing but a mouse. Each client that asks for its pointer gets so many motions a second,
 * each with the host's clock where its x belongs. Runs until it is ended.
 */
_Noreturn void pointer_host(const char *socket_path, double hertz);

/* A client of that host: prints how many motions came, in which time, how late, and the processor time of the process. */
void pointer_motions(const char *socket_path, double seconds, pid_t pid);

#endif
