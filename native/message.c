/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes and descriptors over a Unix stream socket. The hot path: nothing is allocated. */
#include "native.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's own limit for one message (SCM_MAX_FD in its include/net/scm.h). */
#define MESSAGE_FDS 253

#ifndef SCM_PIDFD /* Linux 6.5; older headers lack it. */
#define SCM_PIDFD 4
#endif

/*
 * Takes descriptors out of the control data of one message. fds[0] becomes their number, for at most `room` of them.
 * A listening socket that another process set up can have SO_PASSCRED, SO_PASSSEC or SO_PASSPIDFD, which accepted
 * sockets inherit. Those items are skipped, and the pidfd, which nobody asked for, is closed. Returns 0, or an errno
 * when not everything could be kept; nothing is then.
 */
static int collect_fds(struct msghdr *message, int32_t *fds, size_t room) {
  /* The control buffer has room for whatever a message can carry, so only the limit of open files cuts it short. */
  int failure = message->msg_flags & MSG_CTRUNC ? EMFILE : 0;
  size_t count = 0;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
    if (item->cmsg_level != SOL_SOCKET || (item->cmsg_type != SCM_RIGHTS && item->cmsg_type != SCM_PIDFD)) continue;
    size_t carried = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < carried; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(item) + i * sizeof fd, sizeof fd);
      if (item->cmsg_type == SCM_RIGHTS && count < room) {
        fds[++count] = fd;
      } else {
        if (item->cmsg_type == SCM_RIGHTS) failure = EMSGSIZE;
        if (fd >= 0) close(fd); /* A pidfd of a process that is gone arrives as -errno. */
      }
    }
  }
  if (failure) {
    while (count > 0) close(fds[count--]);
  }
  fds[0] = (int32_t)count;
  return failure;
}

/* One recvmsg; `fds` has room for so many beside their number. Returns how many bytes, or -errno. */
static int32_t receive_message(int fd, uint8_t *data, size_t length, int32_t *fds, size_t room) {
  /* Larger than the descriptors need, so that credentials or a label beside them do not count as truncation. */
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS) + 512];
  } control;
  struct iovec chunk = {data, length};
  struct msghdr message = {
      .msg_iov = &chunk, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  long received;
  fds[0] = 0;
  do {
    /* Not recvmsg(): that gets ready to be cancelled by another thread. */
    received = syscall(SYS_recvmsg, fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return -errno;
  /* Without control data, and nearly no message has any, this is two comparisons. */
  if (message.msg_controllen == 0 && !(message.msg_flags & MSG_CTRUNC)) return (int32_t)received;
  int failure = collect_fds(&message, fds, room);
  return failure ? -failure : (int32_t)received;
}

/* One sendmsg with at most MESSAGE_FDS descriptors. Returns how many bytes went, or -errno. */
static int32_t send_message(int fd, uint8_t *data, size_t length, const int32_t *fds, size_t count) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS)];
  } control;
  struct iovec chunk = {data, length};
  struct msghdr message = {.msg_iov = &chunk, .msg_iovlen = 1};
  if (count > 0) {
    size_t size = sizeof(int) * count;
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, size);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(size);
  }
  long sent;
  do {
    sent = syscall(SYS_sendmsg, fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : (int32_t)sent;
}

napi_value js_receive(napi_env env, napi_callback_info info) {
  napi_value values[5];
  int fd;
  uint8_t *data;
  size_t length, size;
  int32_t *fds;
  read_arguments(env, info, values, 5);
  if (!read_fd(env, values[0], &fd) || !read_bytes(env, values + 1, &data, &length) ||
      !read_integers(env, values[4], 1, "fds must be an Int32Array of 1 or more", &fds, &size)) {
    return NULL;
  }
  return number(env, receive_message(fd, data, length, fds, size - 1));
}

napi_value js_send(napi_env env, napi_callback_info info) {
  napi_value values[6];
  int fd;
  uint8_t *data;
  size_t length;
  int32_t none = 0, *fds = &none, count;
  read_arguments(env, info, values, 6);
  if (!read_fd(env, values[0], &fd) || !read_bytes(env, values + 1, &data, &length) ||
      !read_integer(env, values[5], 0, "count must be an integer >= 0", &count)) {
    return NULL;
  }
  if (count > MESSAGE_FDS) {
    refuse(env, "count must be at most 253");
    return NULL;
  }
  if (count > 0 &&
      !read_integers(env, values[4], (size_t)count, "fds must be an Int32Array of count or more", &fds, NULL)) {
    return NULL;
  }
  return number(env, send_message(fd, data, length, fds, (size_t)count));
}

/*
 * The same for one buffer that is known once and for all. Arguments do not cross as values, of which each costs a call or
 * two, but in an array that is known, too.
 */
struct exchange {
  int32_t *words;
  uint8_t *bytes;
  size_t size; /* of bytes */
};

/* The words: a descriptor, a range of the bytes, and the descriptors that go with it: how many, and which. */
enum { FD, OFFSET, LENGTH, FDS, WORDS = FDS + 1 + MESSAGE_FDS };

napi_value js_exchangeInit(napi_env env, napi_callback_info info) {
  napi_value values[2];
  napi_ref reference;
  struct exchange made;
  struct environment *environment = environment_of(env);
  read_arguments(env, info, values, 2);
  if (!read_integers(env, values[0], WORDS, "words must be an Int32Array of 257 or more", &made.words, NULL) ||
      !read_array(env, values[1], &made.bytes, &made.size)) {
    return NULL;
  }
  if (environment->exchange) return number(env, -EEXIST);
  struct exchange *exchange = malloc(sizeof *exchange);
  if (!exchange) return number(env, -ENOMEM);
  *exchange = made;
  environment->exchange = exchange;
  /* For as long as the environment lives. */
  napi_create_reference(env, values[0], 1, &reference);
  napi_create_reference(env, values[1], 1, &reference);
  return number(env, 0);
}

/* The prepared exchange, whose words are in order; NULL with an exception. */
static struct exchange *read_exchange(napi_env env) {
  struct exchange *exchange = environment_of(env)->exchange;
  if (!exchange) {
    refuse(env, "exchangeInit must be called first");
    return NULL;
  }
  const int32_t *words = exchange->words;
  if (words[FD] >= 0 && words[OFFSET] >= 0 && words[LENGTH] > 0 && (size_t)words[OFFSET] <= exchange->size &&
      (size_t)words[LENGTH] <= exchange->size - (size_t)words[OFFSET] && words[FDS] >= 0 && words[FDS] <= MESSAGE_FDS) {
    return exchange;
  }
  refuse(env, "words must be a descriptor, a range of the bytes, and at most 253 descriptors");
  return NULL;
}

napi_value js_exchangeReceive(napi_env env, napi_callback_info info) {
  (void)info;
  struct exchange *exchange = read_exchange(env);
  if (!exchange) return NULL;
  int32_t *words = exchange->words;
  uint8_t *data = exchange->bytes + words[OFFSET];
  return number(env, receive_message(words[FD], data, (size_t)words[LENGTH], words + FDS, MESSAGE_FDS));
}

napi_value js_exchangeSend(napi_env env, napi_callback_info info) {
  (void)info;
  struct exchange *exchange = read_exchange(env);
  if (!exchange) return NULL;
  int32_t *words = exchange->words;
  uint8_t *data = exchange->bytes + words[OFFSET];
  size_t count = (size_t)words[FDS];
  return number(env, send_message(words[FD], data, (size_t)words[LENGTH], words + FDS + 1, count));
}
