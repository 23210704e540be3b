/* SPDX-License-Identifier: Apache-2.0 */
#include "pointer.h"

#include "client.h"
#include "samples.h"
#include "usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMPOSITOR_CREATE_SURFACE = 0, SEAT_GET_POINTER = 0, SEAT_VERSION = 5 };

/* For the first motions, and for what is compiled meanwhile. */
static const double WARM_UP_SECONDS = 0.5;

static void dispatch_for(struct client *client, double seconds) {
  for (uint64_t end = now_ns() + (uint64_t)(seconds * 1e9); now_ns() < end;)
    client_dispatch(client);
}

void pointer_motions(const char *socket_path, double seconds, pid_t pid) {
  struct client *client = client_open(socket_path);
  client_get_registry(client);
  uint32_t compositor = client_bind(client, &client->compositor, "wl_compositor", 1, OTHER);
  uint32_t seat = client_bind(client, &client->seat, "wl_seat", SEAT_VERSION, OTHER);
  uint32_t surface = client_new_id(client, OTHER);
  client_request(client, compositor, COMPOSITOR_CREATE_SURFACE, &surface, 1);
  uint32_t pointer = client_new_id(client, POINTER);
  client_request(client, seat, SEAT_GET_POINTER, &pointer, 1);
  client_flush(client);
  dispatch_for(client, WARM_UP_SECONDS);
  samples_clear();
  uint64_t cpu = pid > 0 ? usage_of(pid).cpu_ns : 0, start = now_ns();
  dispatch_for(client, seconds);
  uint64_t elapsed = now_ns() - start;
  printf("{\"operations\":%zu,\"nanoseconds\":%" PRIu64, samples_count(), elapsed);
  if (pid > 0)
    printf(",\"cpuNanoseconds\":%" PRIu64, usage_of(pid).cpu_ns - cpu);
  samples_print();
  puts("}");
}
