/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures one thing through one socket and prints one line of JSON. Each measurement is a step that is repeated for a
 * warm-up, then for the wanted time; main.ts does rounds and medians.
 */
#include "client.h"
#include "relay.h"
#include "start.h"
#include "usage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SHM_CREATE_POOL = 0, POOL_CREATE_BUFFER = 0, POOL_DESTROY = 1, BUFFER_DESTROY = 0, FORMAT_XRGB8888 = 1 };
enum { COMPOSITOR_CREATE_SURFACE = 0, COMPOSITOR_CREATE_REGION = 1, REGION_DESTROY = 0 };
enum { SURFACE_ATTACH = 1, SURFACE_COMMIT = 6, SURFACE_DAMAGE_BUFFER = 9, COMPOSITOR_VERSION = 4 };
enum { WM_BASE_GET_XDG_SURFACE = 2, XDG_SURFACE_GET_TOPLEVEL = 1 };

enum { SYNCS_IN_FLIGHT = 32 };
/* Requests between two syncs that only throttle: enough that throughput, not the round trip, is measured. */
enum { COMMITS_PER_SYNC = 32, POOLS_PER_SYNC = 16 };
enum { WIDTH = 1920, HEIGHT = 1080, STRIDE = WIDTH * 4, FRAME_BYTES = STRIDE * HEIGHT, SMALL = 64 };
enum { MAX_SAMPLES = 1 << 20, POOL_BYTES = 4096 };

static const double WARM_UP_SECONDS = 0.05;

static const char *socket_path;
static struct client *client;
static int memory_fd;

static uint32_t *samples; /* nanoseconds of each round trip */
static size_t sample_count;

static uint32_t surface;
static uint32_t buffers[2];
static uint8_t *pixels;
static unsigned frame;

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void open_client(void) {
  client = client_open(socket_path);
  client_get_registry(client);
}

static void make_memory(size_t size) {
  memory_fd = memfd_create("bench", MFD_CLOEXEC);
  if (memory_fd < 0 || ftruncate(memory_fd, (off_t)size) < 0)
    fail("memfd of %zu bytes: %s", size, strerror(errno));
}

/* Round trip */

static void prepare_round_trip(void) {
  samples = malloc(MAX_SAMPLES * sizeof *samples);
  if (samples == NULL)
    fail("out of memory");
  open_client();
}

static unsigned step_round_trip(void) {
  uint64_t start = now_ns();
  client_round_trip(client);
  if (sample_count < MAX_SAMPLES)
    samples[sample_count++] = (uint32_t)(now_ns() - start);
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

/* Commits */

static void prepare_commits(void) {
  open_client();
  uint32_t compositor = client_bind(client, &client->compositor, "wl_compositor", COMPOSITOR_VERSION, OTHER);
  uint32_t shm = client_bind(client, &client->shm, "wl_shm", 1, OTHER);
  surface = client_new_id(client, OTHER);
  client_request(client, compositor, COMPOSITOR_CREATE_SURFACE, &surface, 1);

  /* A window where there is a shell, so that the compositor really shows the frames; else a surface without role. */
  if (client->wm_base.version > 0) {
    uint32_t wm_base = client_bind(client, &client->wm_base, "xdg_wm_base", 1, WM_BASE);
    uint32_t xdg_surface = client_new_id(client, XDG_SURFACE);
    client_request(client, wm_base, WM_BASE_GET_XDG_SURFACE, (uint32_t[]){xdg_surface, surface}, 2);
    uint32_t toplevel = client_new_id(client, OTHER);
    client_request(client, xdg_surface, XDG_SURFACE_GET_TOPLEVEL, &toplevel, 1);
    client_request(client, surface, SURFACE_COMMIT, NULL, 0);
    client_flush(client);
    while (!client->configured)
      client_dispatch(client);
  }

  make_memory(2 * FRAME_BYTES);
  pixels = mmap(NULL, 2 * FRAME_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
  if (pixels == MAP_FAILED)
    fail("mmap: %s", strerror(errno));
  memset(pixels, 0x55, 2 * FRAME_BYTES);
  uint32_t pool = client_new_id(client, OTHER);
  client_request_fd(client, shm, SHM_CREATE_POOL, (uint32_t[]){pool, 2 * FRAME_BYTES}, 2, memory_fd);
  for (int i = 0; i < 2; i++) {
    buffers[i] = client_new_id(client, BUFFER);
    uint32_t words[] = {buffers[i], i * FRAME_BYTES, WIDTH, HEIGHT, STRIDE, FORMAT_XRGB8888};
    client_request(client, pool, POOL_CREATE_BUFFER, words, 6);
  }
  client_round_trip(client);
}

static void commit(uint32_t buffer, uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
  client_request(client, surface, SURFACE_ATTACH, (uint32_t[]){buffer, 0, 0}, 3);
  client_request(client, surface, SURFACE_DAMAGE_BUFFER, (uint32_t[]){x, y, width, height}, 4);
  client_request(client, surface, SURFACE_COMMIT, NULL, 0);
  client->busy[buffer] = true;
}

/*
 * Two buffers in turn, each attached again whether or not its release came (allowed: only what the frame shows is then
 * undefined); waiting for it would make this a second measurement of the round trip.
 */
static unsigned step_commits_small(void) {
  for (unsigned i = 0; i < COMMITS_PER_SYNC; i++, frame++) {
    uint32_t x = frame * 7 % (WIDTH - SMALL), y = frame * 3 % (HEIGHT - SMALL);
    uint8_t *corner = pixels + frame % 2 * FRAME_BYTES + y * STRIDE + x * 4;
    for (unsigned row = 0; row < SMALL; row++)
      memset(corner + row * STRIDE, (int)(frame & 0xff), SMALL * 4);
    commit(buffers[frame % 2], x, y, SMALL, SMALL);
    client_flush(client); /* as every program does at the end of a frame */
  }
  client_round_trip(client);
  return COMMITS_PER_SYNC;
}

/* As a program draws: into a buffer that the compositor has released. */
static unsigned step_commits_full(void) {
  while (client->busy[buffers[0]] && client->busy[buffers[1]])
    client_dispatch(client);
  unsigned index = client->busy[buffers[0]] ? 1 : 0;
  memset(pixels + index * FRAME_BYTES, (int)(frame++ & 0xff), FRAME_BYTES);
  commit(buffers[index], 0, 0, WIDTH, HEIGHT);
  client_flush(client);
  return 1;
}

/* Shared memory pools */

static uint32_t shm_for_pools;

static void prepare_pools(void) {
  open_client();
  shm_for_pools = client_bind(client, &client->shm, "wl_shm", 1, OTHER);
  make_memory(POOL_BYTES);
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
    {"commitsFull", prepare_commits, step_commits_full},    {"pools", prepare_pools, step_pools},
    {"flood", prepare_flood, step_flood},
};

static uint64_t repeat(unsigned (*step)(void), double seconds) {
  uint64_t end = now_ns() + (uint64_t)(seconds * 1e9), operations = 0;
  do
    operations += step();
  while (now_ns() < end);
  return operations;
}

static int compare(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

/* A process that still runs is charged late: the kernel adds to its account when it goes to sleep. */
static uint64_t cpu_at_rest(pid_t pid) {
  usleep(2000);
  return pid > 0 ? usage_of(pid).cpu_ns : 0;
}

static void measure(const char *name, double seconds, pid_t pid) {
  const struct measurement *measurement = measurements;
  const struct measurement *end = measurements + sizeof measurements / sizeof *measurements;
  while (measurement < end && strcmp(measurement->name, name) != 0)
    measurement++;
  if (measurement == end)
    fail("unknown measurement %s", name);
  measurement->prepare();
  repeat(measurement->step, WARM_UP_SECONDS);
  sample_count = 0;
  uint64_t cpu = cpu_at_rest(pid), start = now_ns();
  uint64_t operations = repeat(measurement->step, seconds);
  uint64_t elapsed = now_ns() - start;
  cpu = cpu_at_rest(pid) - cpu;
  printf("{\"operations\":%" PRIu64 ",\"nanoseconds\":%" PRIu64, operations, elapsed);
  if (pid > 0)
    printf(",\"cpuNanoseconds\":%" PRIu64, cpu);
  if (sample_count > 0) {
    qsort(samples, sample_count, sizeof *samples, compare);
    printf(",\"p50\":%u,\"p99\":%u", samples[sample_count / 2], samples[sample_count * 99 / 100]);
  }
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
    printf("{\"rssKib\":%" PRIu64 ",\"cpuNanoseconds\":%" PRIu64 "}\n", usage.rss_kib, usage.cpu_ns);
  } else if (count >= 4 && strcmp(words[1], "start") == 0) {
    printf("{\"nanoseconds\":%" PRIu64 "}\n", time_to_listening(words[2], words + 3));
  } else if (count == 3 && strcmp(words[1], "relay") == 0) {
    relay(words[2]);
  } else {
    fail("usage: driver measure SOCKET NAME SECONDS [PID] | idle SOCKET COUNT | usage PID | start SOCKET COMMAND... | "
         "relay SOCKET");
  }
}
