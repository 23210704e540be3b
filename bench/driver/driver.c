/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures one thing through one socket and prints one line of JSON. Each measurement is a step that is repeated for a
 * warm-up, then for the wanted time; main.ts does rounds and medians.
 */
#include "client.h"
#include "cold.h"
#include "paced.h"
#include "pointer.h"
#include "relay.h"
#include "samples.h"
#include "start.h"
#include "usage.h"
#include "window.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHM_CREATE_POOL = 0, POOL_CREATE_BUFFER = 0, POOL_DESTROY = 1, BUFFER_DESTROY = 0, FORMAT_XRGB8888 = 1 };
enum { COMPOSITOR_CREATE_REGION = 1, REGION_DESTROY = 0 };

enum { SYNCS_IN_FLIGHT = 32, BURST = 1000 };
/* Requests between two syncs that only throttle: enough that throughput, not the round trip, is measured. */
enum { COMMITS_PER_SYNC = 32, POOLS_PER_SYNC = 16 };
enum { WIDTH = 1920, HEIGHT = 1080, POOL_BYTES = 4096 };

static const double WARM_UP_SECONDS = 0.05;

static const char *socket_path;
static struct client *client;

static void open_client(void) {
  client = client_open(socket_path);
  client_get_registry(client);
}

/* Round trip */

static void prepare_round_trip(void) { open_client(); }

static unsigned step_round_trip(void) {
  uint64_t start = now_ns();
  client_round_trip(client);
  samples_add((uint32_t)(now_ns() - start));
  return 1;
}

/* Pipelined: as many new syncs as answers came, so that the same number is always in flight. */

static void prepare_pipelined(void) {
  open_client();
  for (int i = 0; i < SYNCS_IN_FLIGHT; i++)
    client_sync(client);
}

static unsigned step_pipelined(void) {
  uint64_t before = client->deleted;
  client_flush(client);
  while (client->deleted == before)
    client_dispatch(client);
  unsigned answered = (unsigned)(client->deleted - before);
  for (unsigned i = 0; i < answered; i++)
    client_sync(client);
  return answered;
}

/* Connections */

static void prepare_connections(void) {}

static unsigned step_connections(void) {
  open_client();
  client_close(client);
  return 1;
}

/* A burst: a program that has just connected says all that it needs, and then waits for the answers. */

static void prepare_burst(void) {}

static unsigned step_burst(void) {
  client = client_open(socket_path);
  uint64_t start = now_ns();
  for (int i = 0; i < BURST; i++)
    client_sync(client);
  client_round_trip(client);
  samples_add((uint32_t)(now_ns() - start));
  client_close(client);
  return 1;
}

/* Commits */

static struct window window;

static void prepare_commits(void) { window = window_open(socket_path, WIDTH, HEIGHT); }

/* So small that there is room for a frame around it. */
static void prepare_commits_framed(void) { window = window_open(socket_path, WIDTH / 2, HEIGHT / 2); }

/*
 * Two buffers in turn, each attached again whether or not its release came. That is allowed: only what the frame
 * shows is then undefined. Waiting for it would make this a second measurement of the round trip.
 */
static unsigned step_commits_small(void) {
  for (unsigned i = 0; i < COMMITS_PER_SYNC; i++) {
    window_commit_small(&window);
    client_flush(window.client); /* as every program does at the end of a frame */
  }
  client_round_trip(window.client);
  return COMMITS_PER_SYNC;
}

/* As a program draws: into a buffer that the compositor has released. */
static unsigned step_commits_full(void) {
  const bool *busy = window.client->busy;
  while (busy[window.buffers[0]] && busy[window.buffers[1]])
    client_dispatch(window.client);
  unsigned index = busy[window.buffers[0]] ? 1 : 0;
  size_t frame_bytes = window_frame_bytes(&window);
  memset(window.pixels + index * frame_bytes, (int)(window.frame++ & 0xff), frame_bytes);
  window_commit(&window, index, 0, 0, WIDTH, HEIGHT);
  client_flush(window.client);
  return 1;
}

/* Shared memory pools */

static uint32_t shm_for_pools;
static int memory_fd;

static void prepare_pools(void) {
  open_client();
  shm_for_pools = client_bind(client, &client->shm, "wl_shm", 1, OTHER);
  memory_fd = make_memory(POOL_BYTES);
  client_round_trip(client);
}

static unsigned step_pools(void) {
  for (int i = 0; i < POOLS_PER_SYNC; i++) {
    uint32_t pool = client_new_id(client, OTHER);
    client_request_fd(client, shm_for_pools, SHM_CREATE_POOL, (uint32_t[]){pool, POOL_BYTES}, 2, memory_fd);
    uint32_t buffer = client_new_id(client, OTHER);
    client_request(client, pool, POOL_CREATE_BUFFER, (uint32_t[]){buffer, 0, 16, 16, 64, FORMAT_XRGB8888}, 6);
    client_destroy(client, buffer, BUFFER_DESTROY);
    client_destroy(client, pool, POOL_DESTROY);
  }
  client_round_trip(client);
  return POOLS_PER_SYNC;
}

/* A legal flood: thousands of live objects, and thousands of answers that the client is slow to read. */

static uint32_t compositor_for_flood;

static void prepare_flood(void) {
  open_client();
  compositor_for_flood = client_bind(client, &client->compositor, "wl_compositor", 1, OTHER);
  client_round_trip(client);
}

static unsigned step_flood(void) {
  enum { REGIONS = 6000, SYNCS = 4000, SLOW_READER_US = 2000 };
  static uint32_t regions[REGIONS];
  for (unsigned i = 0; i < REGIONS; i++) {
    regions[i] = client_new_id(client, OTHER);
    client_request(client, compositor_for_flood, COMPOSITOR_CREATE_REGION, &regions[i], 1);
  }
  for (unsigned i = 0; i < REGIONS; i++)
    client_destroy(client, regions[i], REGION_DESTROY);
  client_round_trip(client);
  for (unsigned i = 0; i < SYNCS; i++)
    client_sync(client);
  client_flush(client);
  usleep(SLOW_READER_US);
  client_round_trip(client);
  return 2 * REGIONS + SYNCS;
}

static const struct measurement {
  const char *name;
  void (*prepare)(void);
  unsigned (*step)(void); /* returns how many operations it did */
} measurements[] = {
    {"roundTrip", prepare_round_trip, step_round_trip},     {"pipelined", prepare_pipelined, step_pipelined},
    {"connections", prepare_connections, step_connections}, {"commitsSmall", prepare_commits, step_commits_small},
    {"commitsFramed", prepare_commits_framed, step_commits_small},
    {"commitsFull", prepare_commits, step_commits_full},    {"pools", prepare_pools, step_pools},
    {"burst", prepare_burst, step_burst},                   {"flood", prepare_flood, step_flood},
};

static uint64_t repeat(unsigned (*step)(void), double seconds) {
  uint64_t end = now_ns() + (uint64_t)(seconds * 1e9), operations = 0;
  do
    operations += step();
  while (now_ns() < end);
  return operations;
}

/* A process that still runs is charged late: the kernel adds to its account when it goes to sleep. */
static void rest(void) { usleep(2000); }

static void measure(const char *name, double seconds, pid_t pid) {
  const struct measurement *measurement = measurements;
  const struct measurement *end = measurements + sizeof measurements / sizeof *measurements;
  while (measurement < end && strcmp(measurement->name, name) != 0)
    measurement++;
  if (measurement == end)
    fail("unknown measurement %s", name);
  measurement->prepare();
  repeat(measurement->step, WARM_UP_SECONDS);
  samples_clear();
  rest();
  struct usage before = pid > 0 ? usage_of(pid) : (struct usage){0};
  uint64_t machine = machine_ns(), start = now_ns();
  uint64_t operations = repeat(measurement->step, seconds);
  uint64_t elapsed = now_ns() - start;
  rest();
  machine = machine_ns() - machine;
  printf("{\"operations\":%" PRIu64 ",\"nanoseconds\":%" PRIu64 ",\"machineNanoseconds\":%" PRIu64, operations, elapsed,
         machine);
  if (pid > 0) {
    struct usage after = usage_of(pid);
    printf(",\"cpuNanoseconds\":%" PRIu64 ",\"mainThreadNanoseconds\":%" PRIu64, after.cpu_ns - before.cpu_ns,
           after.main_ns - before.main_ns);
  }
  samples_print();
  puts("}");
}

/* Holds clients that do nothing, until standard input ends. */
static void idle(int count) {
  for (int i = 0; i < count; i++) {
    open_client();
    client_bind(client, &client->compositor, "wl_compositor", 1, OTHER);
    client_bind(client, &client->shm, "wl_shm", 1, OTHER);
    client_round_trip(client);
  }
  printf("{\"connected\":%d}\n", count);
  fflush(stdout);
  while (getchar() != EOF)
    ;
}

int main(int count, char **words) {
  if ((count == 5 || count == 6) && strcmp(words[1], "measure") == 0) {
    socket_path = words[2];
    measure(words[3], atof(words[4]), count == 6 ? atoi(words[5]) : 0);
  } else if (count == 4 && strcmp(words[1], "idle") == 0) {
    socket_path = words[2];
    idle(atoi(words[3]));
  } else if (count == 3 && strcmp(words[1], "usage") == 0) {
    struct usage usage = usage_of(atoi(words[2]));
    printf("{\"rssKib\":%" PRIu64 ",\"privateKib\":%" PRIu64 "}\n", usage.rss_kib, usage.private_kib);
  } else if (count == 3 && strcmp(words[1], "cold") == 0) {
    first_round_trips(words[2]);
  } else if (count == 8 && strcmp(words[1], "paced") == 0) {
    struct pace pace = {
        .windows = (unsigned)atoi(words[3]), .hertz = atof(words[4]), .skip = atof(words[5]), .seconds = atof(words[6])};
    paced_frames(words[2], pace, atoi(words[7]));
  } else if ((count == 4 || count == 5) && strcmp(words[1], "pointer") == 0) {
    pointer_motions(words[2], atof(words[3]), count == 5 ? atoi(words[4]) : 0);
  } else if (count == 4 && strcmp(words[1], "host") == 0) {
    pointer_host(words[2], atof(words[3]));
  } else if (count >= 4 && strcmp(words[1], "start") == 0) {
    printf("{\"nanoseconds\":%" PRIu64 "}\n", time_to_listening(words[2], words + 3));
  } else if (count == 3 && strcmp(words[1], "relay") == 0) {
    relay(words[2]);
  } else {
    fail("usage: driver measure SOCKET NAME SECONDS [PID] | cold SOCKET | paced SOCKET WINDOWS HERTZ SKIP SECONDS PID | "
         "pointer SOCKET SECONDS [PID] | host SOCKET HERTZ | idle SOCKET COUNT | usage PID | start SOCKET COMMAND... | "
         "relay SOCKET");
  }
}
