/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RELAY_H
#define RELAY_H

/*
 * Listens on a socket, and passes bytes and descriptors on between each client and the compositor, without a look at
 * them. Any proxy costs at least that on this machine, in system calls and process switches. Runs until it is ended.
 */
_Noreturn void relay(const char *socket_path);

#endif
