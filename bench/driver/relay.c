/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128, EVENTS = 64 };

/* One of the two connections of a client. Freed at the end of a turn, in which an event for it may still come. */
struct side {
  int fd; /* -1 when closed */
  struct side *other;
  struct side *next_closed;
};

static int poller;
static struct side *closed;
static struct sockaddr_un host = {.sun_family = AF_UNIX};
static char bytes[BUFFER_BYTES];

static struct side *watch(int fd) {
  struct side *side = calloc(1, sizeof *side);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = side};
  if (side == NULL || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
    fail("cannot watch a connection: %s", strerror(errno));
  side->fd = fd;
  return side;
}

static void close_both(struct side *side) {
  struct side *sides[] = {side, side->other};
  for (int i = 0; i < 2; i++) {
    close(sides[i]->fd);
    sides[i]->fd = -1;
    sides[i]->next_closed = closed;
    closed = sides[i];
  }
}

static void accept_client(int listener) {
  int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (client < 0)
    fail("accept: %s", strerror(errno));
  int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (server < 0 || connect(server, (struct sockaddr *)&host, sizeof host) < 0)
    fail("cannot connect to %s: %s", host.sun_path, strerror(errno));
  struct side *left = watch(client), *right = watch(server);
  left->other = right;
  right->other = left;
}

/* Blocks while the receiver is slow: a floor has no need of queues. */
static void pass_on(struct side *side) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
  } control;
  struct iovec chunk = {.iov_base = bytes, .iov_len = sizeof bytes};
  struct msghdr message = {
      .msg_iov = &chunk, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(side->fd, &message, MSG_CMSG_CLOEXEC);
  if (length <= 0) {
    close_both(side);
    return;
  }
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int fds[MAX_FDS];
  size_t count = header == NULL ? 0 : (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  if (count > 0)
    memcpy(fds, CMSG_DATA(header), count * sizeof(int));
  else
    message.msg_control = NULL;
  for (ssize_t sent = 0; sent < length;) {
    chunk = (struct iovec){.iov_base = bytes + sent, .iov_len = (size_t)(length - sent)};
    ssize_t result = sendmsg(side->other->fd, &message, MSG_NOSIGNAL);
    if (result < 0) {
      close_both(side);
      break;
    }
    message.msg_control = NULL;
    message.msg_controllen = 0;
    sent += result;
  }
  for (size_t i = 0; i < count; i++)
    close(fds[i]);
}

void relay(const char *socket_path) {
  const char *directory = getenv("XDG_RUNTIME_DIR"), *display = getenv("WAYLAND_DISPLAY");
  if (directory == NULL || display == NULL)
    fail("XDG_RUNTIME_DIR or WAYLAND_DISPLAY is not set");
  snprintf(host.sun_path, sizeof host.sun_path, "%s/%s", directory, display);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0)
    fail("cannot listen on %s: %s", socket_path, strerror(errno));
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event listening = {.events = EPOLLIN};
  if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening) < 0)
    fail("epoll: %s", strerror(errno));
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct side *side = events[i].data.ptr;
      if (side == NULL)
        accept_client(listener);
      else if (side->fd >= 0)
        pass_on(side);
    }
    while (closed != NULL) {
      struct side *gone = closed;
      closed = gone->next_closed;
      free(gone);
    }
  }
}
