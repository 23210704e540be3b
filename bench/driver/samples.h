/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>
#include <stdint.h>

/* Nanoseconds of the monotonic clock. */
uint64_t now_ns(void);

/* Keeps a latency in nanoseconds; when there is no more room, it is forgotten. */
void samples_add(uint32_t nanoseconds);
/* Forgets all of them. */
void samples_clear(void);
size_t samples_count(void);
/* The median of the latencies from one to before another, in the order in which they came. */
uint32_t samples_median(size_t from, size_t to);
/* Prints ,"p50":N,"p99":N if there are latencies. Sorts them. */
void samples_print(void);

#endif
