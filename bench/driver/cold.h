/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLD_H
#define COLD_H

/*
 * The first round trips through a process that has served nobody yet. It prints the time from the connection to the
 * first answer, and the medians of the round trips up to the 10th, 100th and 1000th, in nanoseconds.
 */
void first_round_trips(const char *socket_path);

#endif
