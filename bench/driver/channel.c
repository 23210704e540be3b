/* SPDX-License-Identifier: Apache-2.0 */
/* docs/cross-domain.md has the commands; the structures are those of the kernel (include/uapi/drm/virtgpu_drm.h). */
#include "channel.h"

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct map {
  uint64_t offset;
  uint32_t handle, pad;
};

struct execbuffer {
  uint32_t flags, size;
  uint64_t command, handles;
  uint32_t handle_count;
  int32_t fence_fd;
  uint32_t ring, pad;
};

struct create_blob {
  uint32_t memory, flags, handle, resource;
  uint64_t size;
  uint32_t pad, command_size;
  uint64_t command, blob_id;
};

struct context_init {
  uint32_t param_count, pad;
  uint64_t params;
};

#define MAP _IOWR('d', 0x41, struct map)
#define EXECBUFFER _IOWR('d', 0x42, struct execbuffer)
#define CREATE_BLOB _IOWR('d', 0x4a, struct create_blob)
#define CONTEXT_INIT _IOWR('d', 0x4b, struct context_init)

enum { CAPSET = 1, RINGS = 2, POLLED_RINGS = 3, CROSS_DOMAIN = 5 };
enum { GUEST_MEMORY = 1, MAPPABLE = 1, ON_RING = 4 };
enum { INIT = 1, POLL = 3, SEND = 4, RECEIVE = 5, WAYLAND = 1, CHANNEL_RING = 1 };
enum { PAGE = 4096, LENGTH_AT = 3, HEADER = 352, MAX_DATA = 3744 };

struct channel {
  int fd;
  uint32_t *page;
  uint32_t command[(HEADER + MAX_DATA) / 4];
};

static void request(int fd, unsigned long number, void *argument, const char *what) {
  if (ioctl(fd, number, argument) < 0)
    fail("%s: %s", what, strerror(errno));
}

/* Returns the resource of a new page of guest memory, which is mapped at *page. */
static uint32_t make_page(int fd, uint32_t **page) {
  struct create_blob blob = {.memory = GUEST_MEMORY, .flags = MAPPABLE, .size = PAGE};
  request(fd, CREATE_BLOB, &blob, "CREATE_BLOB");
  struct map map = {.handle = blob.handle};
  request(fd, MAP, &map, "MAP");
  *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)map.offset);
  if (*page == MAP_FAILED)
    fail("mmap: %s", strerror(errno));
  return blob.resource;
}

/* Submits the command in `command`, whose first word is still to be written. */
static void submit(struct channel *channel, uint32_t number, uint32_t size, uint32_t flags) {
  channel->command[0] = number | size << 16;
  struct execbuffer execbuffer = {
      .flags = flags, .size = size, .command = (uintptr_t)channel->command, .fence_fd = -1, .ring = CHANNEL_RING};
  request(channel->fd, EXECBUFFER, &execbuffer, "EXECBUFFER");
}

/* Gives the page back to the host, for the next message. */
static void await_message(struct channel *channel) {
  channel->page[0] = 0;
  memset(channel->command, 0, 16);
  submit(channel, POLL, 16, ON_RING);
}

struct channel *channel_open(const char *path) {
  struct channel *channel = calloc(1, sizeof *channel);
  uint32_t *query;
  if (channel == NULL)
    fail("out of memory");
  channel->fd = open(path, O_RDWR | O_CLOEXEC);
  if (channel->fd < 0)
    fail("%s: %s", path, strerror(errno));
  uint64_t params[] = {CAPSET, CROSS_DOMAIN, RINGS, 2, POLLED_RINGS, 1 << CHANNEL_RING};
  struct context_init init = {.param_count = 3, .params = (uintptr_t)params};
  request(channel->fd, CONTEXT_INIT, &init, "CONTEXT_INIT");
  channel->command[2] = make_page(channel->fd, &query);
  channel->command[3] = make_page(channel->fd, &channel->page);
  channel->command[4] = WAYLAND;
  submit(channel, INIT, 20, 0);
  await_message(channel);
  return channel;
}

void channel_close(struct channel *channel) {
  munmap(channel->page, PAGE);
  close(channel->fd);
  free(channel);
}

int channel_fd(const struct channel *channel) { return channel->fd; }

void channel_send(struct channel *channel, const void *bytes, size_t length) {
  for (size_t sent = 0; sent < length;) {
    size_t size = length - sent < MAX_DATA ? length - sent : MAX_DATA;
    memset(channel->command, 0, HEADER);
    channel->command[LENGTH_AT] = (uint32_t)size;
    memcpy((char *)channel->command + HEADER, (const char *)bytes + sent, size);
    submit(channel, SEND, HEADER + (uint32_t)size, 0);
    sent += size;
  }
}

size_t channel_receive(struct channel *channel, void *bytes, size_t size) {
  char events[64];
  if (read(channel->fd, events, sizeof events) < 0)
    fail("reading the device's events: %s", strerror(errno));
  uint32_t length = channel->page[LENGTH_AT];
  if ((channel->page[0] & 0xff) != RECEIVE || length > MAX_DATA || length > size)
    fail("the host has sent what this client does not understand");
  memcpy(bytes, (const char *)channel->page + HEADER, length);
  await_message(channel);
  return length;
}
