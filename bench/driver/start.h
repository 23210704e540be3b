/* SPDX-License-Identifier: Apache-2.0 */
#ifndef START_H
#define START_H

#include <stdint.h>

/* Starts the command, waits until the socket accepts a connection, ends the command; how long that took, in ns. */
uint64_t time_to_listening(const char *socket_path, char **command);

#endif
