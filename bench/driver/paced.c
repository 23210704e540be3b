/* SPDX-License-Identifier: Apache-2.0 */
#include "paced.h"

#include "client.h"
#include "samples.h"
#include "usage.h"
#include "window.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { SIZE = 256, SURFACE_FRAME = 3 };

static void sleep_until(uint64_t time) {
  struct timespec at = {.tv_sec = (time_t)(time / 1000000000u), .tv_nsec = (long)(time % 1000000000u)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0)
    ;
}

static void draw(struct window *window) {
  client_dispatch_pending(window->client);
  uint32_t callback = client_new_id(window->client, CALLBACK);
  client_request(window->client, window->surface, SURFACE_FRAME, &callback, 1);
  window_commit_small(window);
  client_flush(window->client);
}

void paced_frames(const char *socket_path, struct pace pace, pid_t pid) {
  prctl(PR_SET_TIMERSLACK, 1UL);
  struct window *windows = calloc(pace.windows, sizeof *windows);
  if (windows == NULL)
    fail("out of memory");
  for (unsigned i = 0; i < pace.windows; i++)
    windows[i] = window_open(socket_path, SIZE, SIZE);

  /* One frame after the other, evenly spread over all windows. */
  double between = 1e9 / (pace.hertz * pace.windows);
  uint64_t skipped = (uint64_t)(pace.skip * 1e9 / between), counted = (uint64_t)(pace.seconds * 1e9 / between);
  uint64_t begin = now_ns(), measured_from = begin, cpu = usage_of(pid).cpu_ns;
  for (uint64_t i = 0; i < skipped + counted; i++) {
    sleep_until(begin + (uint64_t)((double)i * between));
    if (i == skipped) {
      cpu = usage_of(pid).cpu_ns;
      measured_from = now_ns();
    }
    draw(&windows[i % pace.windows]);
  }
  sleep_until(begin + (uint64_t)((double)(skipped + counted) * between));
  uint64_t elapsed = now_ns() - measured_from;
  cpu = usage_of(pid).cpu_ns - cpu;
  printf("{\"operations\":%" PRIu64 ",\"nanoseconds\":%" PRIu64 ",\"cpuNanoseconds\":%" PRIu64 "}\n", counted, elapsed,
         cpu);
}
