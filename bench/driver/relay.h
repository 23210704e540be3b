/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RELAY_H
#define RELAY_H

/*
 * Listens on a socket and passes bytes and descriptors on between each client and the compositor of the environment,
 * without a look at them: what any proxy costs at least on this machine, in system calls and process switches. Runs
 * until it is ended.
 */
_Noreturn void relay(const char *socket_path);

#endif
