/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct client;

/* A window of a client of its own, with two buffers that it shows in turns. */
struct window {
  struct client *client;
  uint32_t width, height;
  uint32_t surface;
  uint32_t buffers[2];
  uint8_t *pixels; /* of both buffers, one after the other */
  unsigned frame;
};

/* Connects to the socket and opens a window, shown where the compositor has a shell. */
struct window window_open(const char *socket_path, uint32_t width, uint32_t height);
/* The bytes of one of its buffers. */
size_t window_frame_bytes(const struct window *window);
/* Attaches one of its buffers (0 or 1), damages a rectangle, commits. */
void window_commit(struct window *window, unsigned buffer, uint32_t x, uint32_t y, uint32_t width, uint32_t height);
/* Draws the next frame, a small square, into the other buffer and commits it, whether or not the buffer was released. */
void window_commit_small(struct window *window);

/* A memfd of that size; ends the process when there is none. */
int make_memory(size_t size);

#endif
