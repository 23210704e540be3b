/* SPDX-License-Identifier: Apache-2.0 */
#include "cold.h"

#include "client.h"
#include "samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { TRIPS = 1000, REST_US = 400000 };

void first_round_trips(const char *socket_path) {
  usleep(REST_US); /* a process that has just begun to listen may have something left to do */
  uint64_t start = now_ns();
  struct client *client = client_open(socket_path);
  client_round_trip(client);
  uint64_t first = now_ns() - start;
  for (int i = 0; i < TRIPS; i++) {
    start = now_ns();
    client_round_trip(client);
    samples_add((uint32_t)(now_ns() - start));
  }
  printf("{\"first\":%" PRIu64 ",\"to10\":%u,\"to100\":%u,\"to1000\":%u}\n", first, samples_median(0, 10),
         samples_median(10, 100), samples_median(100, 1000));
}
