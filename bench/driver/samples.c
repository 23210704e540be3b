/* SPDX-License-Identifier: Apache-2.0 */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_SAMPLES = 1 << 20 };

static uint32_t samples[MAX_SAMPLES];
static size_t count;

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void samples_add(uint32_t nanoseconds) {
  if (count < MAX_SAMPLES)
    samples[count++] = nanoseconds;
}

void samples_clear(void) { count = 0; }

size_t samples_count(void) { return count; }

static int compare(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

uint32_t samples_median(size_t from, size_t to) {
  static uint32_t sorted[MAX_SAMPLES];
  if (to > count)
    to = count;
  if (from >= to)
    return 0;
  memcpy(sorted, samples + from, (to - from) * sizeof *samples);
  qsort(sorted, to - from, sizeof *sorted, compare);
  return sorted[(to - from) / 2];
}

void samples_print(void) {
  if (count == 0)
    return;
  qsort(samples, count, sizeof *samples, compare);
  printf(",\"p50\":%u,\"p99\":%u", samples[count / 2], samples[count * 99 / 100]);
}
