/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A raw Wayland client, which speaks the wire protocol itself. libwayland's own work (allocation, dispatch, locks)
 * would be added to every figure and hide what a proxy costs.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DISPLAY_ID = 1, MAX_IDS = 32768, MAX_FDS = 28, BUFFER_BYTES = 65536 };

/* Seconds of silence after which a peer counts as hung. */
enum { SILENCE_SECONDS = 10 };

/* What an id stands for: decides how its events are read. DEAD: destroyed, delete_id has not come yet. */
enum kind { FREE, DEAD, DISPLAY, REGISTRY, CALLBACK, BUFFER, WM_BASE, XDG_SURFACE, POINTER, OTHER };

struct global {
  uint32_t name;
  uint32_t version; /* 0: the compositor does not have it */
};

struct client {
  int fd;
  struct channel *channel; /* in a guest, straight through its GPU device; else NULL */
  uint32_t unused_id; /* lowest id that was never used: libwayland wants new ids without holes */
  uint32_t free_count;
  uint64_t done;     /* wl_callback.done events */
  uint64_t deleted;  /* wl_display.delete_id events */
  uint64_t released; /* wl_buffer.release events */
  bool configured;   /* an xdg_surface.configure came, and was acknowledged */
  struct global compositor, shm, wm_base, seat;
  size_t in_length, out_length;
  int out_fd_count;
  int out_fds[MAX_FDS]; /* borrowed: the caller keeps and closes them */

  /* From here on large: only what was used is ever touched. */
  uint8_t kind[MAX_IDS];
  bool busy[MAX_IDS]; /* of a BUFFER: committed and not released */
  uint32_t free_ids[MAX_IDS];
  uint32_t out[BUFFER_BYTES / 4];
  uint32_t in[BUFFER_BYTES / 4];
};

/*
 * Connects to the socket, or through a virtio-gpu device (/dev/dri/…), which carries no descriptors. Ends the process with
 * a message when nobody listens.
 */
struct client *client_open(const char *path);
void client_close(struct client *client);

/* The next free id, as an object of that kind. */
uint32_t client_new_id(struct client *client, enum kind kind);

/* Queues a request. `words` are the arguments after the header, `count` of them. */
void client_request(struct client *client, uint32_t object, uint16_t opcode, const uint32_t *words, size_t count);
/* Queues a request with a descriptor, which stays the caller's. */
void client_request_fd(struct client *client, uint32_t object, uint16_t opcode, const uint32_t *words, size_t count,
                       int fd);
/* Queues a destructor request without arguments and marks the object dead. */
void client_destroy(struct client *client, uint32_t object, uint16_t opcode);
/* Queues wl_display.sync; returns the callback's id. */
uint32_t client_sync(struct client *client);

/* Sends all that is queued; reads events meanwhile when the socket is full, so that neither side can block the other. */
void client_flush(struct client *client);
/* Waits for events and handles what came. */
void client_dispatch(struct client *client);
/* Handles what has come already. */
void client_dispatch_pending(struct client *client);
/* Queues a sync, sends, and waits until it and its delete_id came. */
void client_round_trip(struct client *client);

/* wl_display.get_registry, and a round trip so that the globals are known. */
void client_get_registry(struct client *client);
/* Binds a global; ends the process when the compositor lacks it. */
uint32_t client_bind(struct client *client, const struct global *global, const char *interface, uint32_t version,
                     enum kind kind);

/* Prints a message for the user on stderr and ends the process with status 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
