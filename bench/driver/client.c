/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include "channel.h"
#include "samples.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DISPLAY_SYNC = 0, DISPLAY_GET_REGISTRY = 1, REGISTRY_BIND = 0, XDG_SURFACE_ACK_CONFIGURE = 4, WM_BASE_PONG = 3 };
enum { POINTER_MOTION = 2 };

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

/* The last client that was closed, emptied: clearing a whole new one would take as long as a quick connection. */
static struct client *spare;

static struct client *empty_client(void) {
  struct client *client = spare != NULL ? spare : calloc(1, sizeof *client);
  if (client == NULL)
    fail("out of memory");
  spare = NULL;
  client->kind[DISPLAY_ID] = DISPLAY;
  client->unused_id = DISPLAY_ID + 1;
  return client;
}

struct client *client_open(const char *path) {
  struct client *client = empty_client();
  if (strncmp(path, "/dev/", 5) == 0) {
    client->channel = channel_open(path);
    client->fd = channel_fd(client->channel);
    return client;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path)
    fail("socket path is longer than %zu bytes: %s", sizeof address.sun_path - 1, path);
  strcpy(address.sun_path, path);
  client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0)
    fail("cannot connect to %s: %s", path, strerror(errno));
  return client;
}

void client_close(struct client *client) {
  if (client->channel != NULL)
    channel_close(client->channel);
  else
    close(client->fd);
  memset(client->kind, 0, client->unused_id * sizeof *client->kind);
  memset(client->busy, 0, client->unused_id * sizeof *client->busy);
  memset(client, 0, offsetof(struct client, kind));
  free(spare);
  spare = client;
}

uint32_t client_new_id(struct client *client, enum kind kind) {
  uint32_t id = client->free_count > 0 ? client->free_ids[--client->free_count] : client->unused_id++;
  if (id >= MAX_IDS)
    fail("more than %d objects", MAX_IDS);
  client->kind[id] = kind;
  return id;
}

void client_request(struct client *client, uint32_t object, uint16_t opcode, const uint32_t *words, size_t count) {
  size_t size = 8 + 4 * count;
  if (client->out_length + size > BUFFER_BYTES)
    client_flush(client);
  uint32_t *message = client->out + client->out_length / 4;
  message[0] = object;
  message[1] = (uint32_t)size << 16 | opcode;
  if (count > 0)
    memcpy(message + 2, words, 4 * count);
  client->out_length += size;
}

void client_request_fd(struct client *client, uint32_t object, uint16_t opcode, const uint32_t *words, size_t count,
                       int fd) {
  if (client->out_fd_count == MAX_FDS)
    client_flush(client);
  client->out_fds[client->out_fd_count++] = fd;
  client_request(client, object, opcode, words, count);
}

void client_destroy(struct client *client, uint32_t object, uint16_t opcode) {
  client_request(client, object, opcode, NULL, 0);
  client->kind[object] = DEAD;
}

uint32_t client_sync(struct client *client) {
  uint32_t id = client_new_id(client, CALLBACK);
  client_request(client, DISPLAY_ID, DISPLAY_SYNC, &id, 1);
  return id;
}

static short wait_for(struct client *client, short events, const char *complaint) {
  struct pollfd poll_fd = {.fd = client->fd, .events = events};
  if (poll(&poll_fd, 1, SILENCE_SECONDS * 1000) == 0)
    fail("%s for %d s", complaint, SILENCE_SECONDS);
  return poll_fd.revents;
}

void client_flush(struct client *client) {
  size_t sent = 0;
  if (client->channel != NULL) {
    if (client->out_fd_count > 0)
      fail("descriptors go through a socket only");
    channel_send(client->channel, client->out, client->out_length);
    sent = client->out_length;
  }
  while (sent < client->out_length) {
    struct iovec bytes = {.iov_base = (char *)client->out + sent, .iov_len = client->out_length - sent};
    union {
      struct cmsghdr header;
      char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (client->out_fd_count > 0) {
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE((size_t)client->out_fd_count * sizeof(int));
      struct cmsghdr *header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN((size_t)client->out_fd_count * sizeof(int));
      memcpy(CMSG_DATA(header), client->out_fds, (size_t)client->out_fd_count * sizeof(int));
    }
    ssize_t length = sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (length >= 0) {
      sent += (size_t)length;
      client->out_fd_count = 0;
    } else if (errno == EAGAIN) {
      if (wait_for(client, POLLIN | POLLOUT, "our requests were not read") & POLLIN)
        client_dispatch(client);
    } else if (errno == EPIPE || errno == ECONNRESET) {
      client_dispatch(client); /* the reason may be waiting there, as wl_display.error */
    } else {
      fail("sendmsg: %s", strerror(errno));
    }
  }
  client->out_length = 0;
}

/* A string argument is its length with the NUL, then bytes padded to a word. */
static size_t string_words(uint32_t length) { return 1 + (length + 3) / 4; }

static void remember_global(struct client *client, const uint32_t *words) {
  const char *interface = (const char *)(words + 2);
  struct global global = {.name = words[0], .version = words[1 + string_words(words[1])]};
  if (strcmp(interface, "wl_compositor") == 0)
    client->compositor = global;
  else if (strcmp(interface, "wl_shm") == 0)
    client->shm = global;
  else if (strcmp(interface, "xdg_wm_base") == 0)
    client->wm_base = global;
  else if (strcmp(interface, "wl_seat") == 0)
    client->seat = global;
}

static void handle_event(struct client *client, uint32_t object, uint16_t opcode, const uint32_t *words) {
  if (object >= MAX_IDS)
    fail("event for the unexpected object %u", object);
  switch ((enum kind)client->kind[object]) {
  case DISPLAY:
    if (opcode == 0)
      fail("wl_display.error: object %u, code %u: %s", words[0], words[1], (const char *)(words + 3));
    if (words[0] >= MAX_IDS || client->kind[words[0]] == FREE)
      fail("delete_id of %u, which is not in use", words[0]);
    client->kind[words[0]] = FREE;
    client->free_ids[client->free_count++] = words[0];
    client->deleted++;
    break;
  case REGISTRY:
    if (opcode == 0)
      remember_global(client, words);
    break;
  case CALLBACK:
    client->kind[object] = DEAD;
    client->done++;
    break;
  case BUFFER:
    client->busy[object] = false;
    client->released++;
    break;
  case WM_BASE:
    client_request(client, object, WM_BASE_PONG, words, 1);
    break;
  case XDG_SURFACE:
    client_request(client, object, XDG_SURFACE_ACK_CONFIGURE, words, 1);
    client->configured = true;
    break;
  case POINTER:
    if (opcode == POINTER_MOTION)
      samples_add((uint32_t)now_ns() - words[1]); /* our host puts its clock where x belongs */
    break;
  case DEAD:
  case OTHER:
    break;
  case FREE:
    fail("event for the object %u, which does not exist", object);
  }
}

void client_dispatch_pending(struct client *client) {
  struct pollfd poll_fd = {.fd = client->fd, .events = POLLIN};
  while (poll(&poll_fd, 1, 0) > 0)
    client_dispatch(client);
}

static ssize_t receive(struct client *client, void *bytes, size_t size) {
  if (client->channel != NULL)
    return (ssize_t)channel_receive(client->channel, bytes, size);
  return recv(client->fd, bytes, size, 0);
}

void client_dispatch(struct client *client) {
  /* Poll before reading, as libwayland does: a client that saves this call is faster than any real one. */
  wait_for(client, POLLIN, "no answer");
  ssize_t length = receive(client, (char *)client->in + client->in_length, BUFFER_BYTES - client->in_length);
  if (length < 0)
    fail("recv: %s", strerror(errno));
  if (length == 0)
    fail("the connection was closed by the other side");
  client->in_length += (size_t)length;
  size_t used = 0;
  while (client->in_length - used >= 8) {
    const uint32_t *message = client->in + used / 4;
    size_t size = message[1] >> 16;
    if (size < 8 || size % 4 != 0)
      fail("event of %zu bytes", size);
    if (client->in_length - used < size)
      break;
    handle_event(client, message[0], message[1] & 0xffff, message + 2);
    used += size;
  }
  client->in_length -= used;
  memmove(client->in, (char *)client->in + used, client->in_length);
}

void client_round_trip(struct client *client) {
  uint32_t callback = client_sync(client);
  client_flush(client);
  while (client->kind[callback] != FREE)
    client_dispatch(client);
}

void client_get_registry(struct client *client) {
  uint32_t id = client_new_id(client, REGISTRY);
  client_request(client, DISPLAY_ID, DISPLAY_GET_REGISTRY, &id, 1);
  client_round_trip(client);
}

uint32_t client_bind(struct client *client, const struct global *global, const char *interface, uint32_t version,
                     enum kind kind) {
  if (global->version < version)
    fail("the compositor has no %s of version %u", interface, version);
  uint32_t registry = DISPLAY_ID + 1;
  uint32_t words[16] = {global->name, (uint32_t)strlen(interface) + 1};
  strcpy((char *)(words + 2), interface);
  size_t count = 1 + string_words(words[1]);
  words[count++] = version;
  words[count++] = client_new_id(client, kind);
  client_request(client, registry, REGISTRY_BIND, words, count);
  return words[count - 1];
}
