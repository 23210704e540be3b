/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"
#include "pointer.h"
#include "samples.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 16, FIXED_ONE = 256 };
enum { DISPLAY_SYNC = 0, DISPLAY_DELETE_ID = 1, CALLBACK_DONE = 0, REGISTRY_GLOBAL = 0 };
enum { SEAT_CAPABILITIES = 0, POINTER_ENTER = 0, POINTER_MOTION = 2, POINTER_FRAME = 5 };

/* The kinds of object that a client's ids stand for here. */
enum thing { NOTHING, THE_REGISTRY, THE_COMPOSITOR, THE_SEAT, THE_SURFACE };

static int connection;
static uint8_t things[MAX_IDS];
static uint32_t surface, pointer;
static uint32_t out[64];
static size_t out_words;

static void queue(uint32_t object, uint16_t opcode, const uint32_t *words, size_t count) {
  out[out_words++] = object;
  out[out_words++] = (uint32_t)(8 + 4 * count) << 16 | opcode;
  if (count > 0)
    memcpy(out + out_words, words, 4 * count);
  out_words += count;
}

/* A client that has gone, or that reads nothing for so long that its socket is full, ends what serves it. */
static void flush(void) {
  if (out_words > 0 && send(connection, out, 4 * out_words, MSG_NOSIGNAL) != (ssize_t)(4 * out_words))
    exit(0);
  out_words = 0;
}

static void announce(uint32_t registry, uint32_t name, const char *interface, uint32_t version) {
  uint32_t words[16] = {name, (uint32_t)strlen(interface) + 1};
  strcpy((char *)(words + 2), interface);
  size_t count = 2 + (words[1] + 3) / 4;
  words[count++] = version;
  queue(registry, REGISTRY_GLOBAL, words, count);
}

static void handle_request(uint32_t object, uint16_t opcode, const uint32_t *words, size_t count) {
  if (count == 0)
    return;
  uint32_t last = words[count - 1];
  if (object == DISPLAY_ID && opcode == DISPLAY_SYNC) {
    queue(words[0], CALLBACK_DONE, (uint32_t[]){0}, 1);
    queue(DISPLAY_ID, DISPLAY_DELETE_ID, words, 1);
  } else if (object == DISPLAY_ID) {
    things[words[0] % MAX_IDS] = THE_REGISTRY;
    announce(words[0], 1, "wl_compositor", 4);
    announce(words[0], 2, "wl_seat", 5);
  } else if (things[object % MAX_IDS] == THE_REGISTRY) {
    things[last % MAX_IDS] = words[0] == 1 ? THE_COMPOSITOR : THE_SEAT;
    if (words[0] == 2)
      queue(last, SEAT_CAPABILITIES, (uint32_t[]){1}, 1);
  } else if (things[object % MAX_IDS] == THE_COMPOSITOR && opcode == 0) {
    surface = words[0];
    things[surface % MAX_IDS] = THE_SURFACE;
  } else if (things[object % MAX_IDS] == THE_SEAT && opcode == 0) {
    pointer = words[0];
    queue(pointer, POINTER_ENTER, (uint32_t[]){1, surface, FIXED_ONE, FIXED_ONE}, 4);
    queue(pointer, POINTER_FRAME, NULL, 0);
  }
}

static void handle_input(void) {
  static uint32_t in[BUFFER_BYTES / 4];
  static size_t length;
  ssize_t received = recv(connection, (char *)in + length, sizeof in - length, 0);
  if (received <= 0)
    exit(0);
  length += (size_t)received;
  size_t used = 0;
  while (length - used >= 8) {
    const uint32_t *message = in + used / 4;
    size_t size = message[1] >> 16;
    if (size < 8 || size % 4 != 0)
      fail("request of %zu bytes", size);
    if (length - used < size)
      break;
    handle_request(message[0], message[1] & 0xffff, message + 2, size / 4 - 2);
    flush();
    used += size;
  }
  length -= used;
  memmove(in, (char *)in + used, length);
}

static void move(void) {
  uint64_t now = now_ns();
  queue(pointer, POINTER_MOTION, (uint32_t[]){(uint32_t)(now / 1000000), (uint32_t)now, FIXED_ONE}, 3);
  queue(pointer, POINTER_FRAME, NULL, 0);
  flush();
}

static _Noreturn void serve(double hertz) {
  prctl(PR_SET_TIMERSLACK, 1UL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  uint64_t between = (uint64_t)(1e9 / hertz), next = 0;
  for (;;) {
    struct pollfd poll_fd = {.fd = connection, .events = POLLIN};
    uint64_t now = now_ns(), wait = next > now ? next - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000000u), .tv_nsec = (long)(wait % 1000000000u)};
    int ready = ppoll(&poll_fd, 1, pointer == 0 ? NULL : &timeout, NULL);
    if (ready > 0) {
      handle_input();
    } else if (pointer != 0) {
      move();
      next = (next == 0 ? now_ns() : next) + between;
    }
  }
}

_Noreturn void pointer_host(const char *socket_path, double hertz) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(socket_path);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0)
    fail("cannot listen on %s: %s", socket_path, strerror(errno));
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
      continue;
    if (fork() == 0)
      serve(hertz);
    close(connection);
  }
}
