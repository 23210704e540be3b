/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"

#include "client.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SHM_CREATE_POOL = 0, POOL_CREATE_BUFFER = 0, FORMAT_XRGB8888 = 1 };
enum { COMPOSITOR_CREATE_SURFACE = 0, SURFACE_ATTACH = 1, SURFACE_COMMIT = 6, SURFACE_DAMAGE_BUFFER = 9 };
enum { WM_BASE_GET_XDG_SURFACE = 2, XDG_SURFACE_GET_TOPLEVEL = 1 };
enum { COMPOSITOR_VERSION = 4, PIXEL_BYTES = 4, SMALL = 64 };

int make_memory(size_t size) {
  int fd = memfd_create("bench", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
    fail("memfd of %zu bytes: %s", size, strerror(errno));
  return fd;
}

size_t window_frame_bytes(const struct window *window) { return (size_t)window->width * window->height * PIXEL_BYTES; }

struct window window_open(const char *socket_path, uint32_t width, uint32_t height) {
  struct client *client = client_open(socket_path);
  client_get_registry(client);
  struct window window = {.client = client, .width = width, .height = height};
  uint32_t compositor = client_bind(client, &client->compositor, "wl_compositor", COMPOSITOR_VERSION, OTHER);
  uint32_t shm = client_bind(client, &client->shm, "wl_shm", 1, OTHER);
  window.surface = client_new_id(client, OTHER);
  client_request(client, compositor, COMPOSITOR_CREATE_SURFACE, &window.surface, 1);

  /* A window where there is a shell, so that the compositor really shows the frames; else a surface without role. */
  if (client->wm_base.version > 0) {
    uint32_t wm_base = client_bind(client, &client->wm_base, "xdg_wm_base", 1, WM_BASE);
    uint32_t xdg_surface = client_new_id(client, XDG_SURFACE);
    client_request(client, wm_base, WM_BASE_GET_XDG_SURFACE, (uint32_t[]){xdg_surface, window.surface}, 2);
    uint32_t toplevel = client_new_id(client, OTHER);
    client_request(client, xdg_surface, XDG_SURFACE_GET_TOPLEVEL, &toplevel, 1);
    client_request(client, window.surface, SURFACE_COMMIT, NULL, 0);
    client_flush(client);
    while (!client->configured)
      client_dispatch(client);
  }

  size_t frame_bytes = window_frame_bytes(&window);
  int memory = make_memory(2 * frame_bytes);
  window.pixels = mmap(NULL, 2 * frame_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (window.pixels == MAP_FAILED)
    fail("mmap: %s", strerror(errno));
  memset(window.pixels, 0x55, 2 * frame_bytes);
  uint32_t pool = client_new_id(client, OTHER);
  client_request_fd(client, shm, SHM_CREATE_POOL, (uint32_t[]){pool, (uint32_t)(2 * frame_bytes)}, 2, memory);
  for (uint32_t i = 0; i < 2; i++) {
    window.buffers[i] = client_new_id(client, BUFFER);
    uint32_t words[] = {
        window.buffers[i], i * (uint32_t)frame_bytes, width, height, width * PIXEL_BYTES, FORMAT_XRGB8888};
    client_request(client, pool, POOL_CREATE_BUFFER, words, 6);
  }
  client_round_trip(client);
  close(memory);
  return window;
}

void window_commit(struct window *window, unsigned buffer, uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
  struct client *client = window->client;
  client_request(client, window->surface, SURFACE_ATTACH, (uint32_t[]){window->buffers[buffer], 0, 0}, 3);
  client_request(client, window->surface, SURFACE_DAMAGE_BUFFER, (uint32_t[]){x, y, width, height}, 4);
  client_request(client, window->surface, SURFACE_COMMIT, NULL, 0);
  client->busy[window->buffers[buffer]] = true;
}

void window_commit_small(struct window *window) {
  unsigned frame = window->frame++, buffer = frame % 2;
  uint32_t x = frame * 7 % (window->width - SMALL), y = frame * 3 % (window->height - SMALL);
  size_t stride = (size_t)window->width * PIXEL_BYTES;
  uint8_t *corner = window->pixels + buffer * window_frame_bytes(window) + y * stride + (size_t)x * PIXEL_BYTES;
  for (unsigned row = 0; row < SMALL; row++)
    memset(corner + row * stride, (int)(frame & 0xff), SMALL * PIXEL_BYTES);
  window_commit(window, buffer, x, y, SMALL, SMALL);
}
