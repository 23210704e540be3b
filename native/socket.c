/* SPDX-License-Identifier: Apache-2.0 */
/* Making and asking Unix sockets. All of them are nonblocking and closed on exec. */
#include "native.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STREAM (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

struct place {
  struct sockaddr_un address;
  socklen_t size;
};

/* A path that does not fit is the user's mistake, not the caller's: *status is then -ENAMETOOLONG, else 0. */
static bool read_path(napi_env env, napi_value value, struct place *place, int *status) {
  size_t length;
  struct sockaddr_un *address = &place->address;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length == 0) {
    /* An empty path would bind or connect to an abstract name, which no permissions guard. */
    return refuse(env, "path must be a string that is not empty");
  }
  *place = (struct place){{.sun_family = AF_UNIX}, sizeof *address};
  *status = length < sizeof address->sun_path ? 0 : -ENAMETOOLONG;
  if (*status < 0) return true;
  napi_get_value_string_utf8(env, value, address->sun_path, sizeof address->sun_path, &length);
  return !memchr(address->sun_path, 0, length) || refuse(env, "path must not contain a null character");
}

/* A name without a file. It is a path behind a null character, and all the address's bytes belong to it. */
static bool read_abstract(napi_env env, napi_value value, struct place *place, int *status) {
  struct sockaddr_un *address = &place->address;
  if (!read_path(env, value, place, status)) return false;
  size_t length = strnlen(address->sun_path, sizeof address->sun_path - 1);
  memmove(address->sun_path + 1, address->sun_path, length);
  address->sun_path[0] = 0;
  place->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
  return true;
}

static int discard(int fd) {
  int reason = errno;
  close(fd);
  return -reason;
}

static int bind_to(const struct place *place) {
  int fd = socket(AF_UNIX, STREAM, 0);
  if (fd < 0) return -errno;
  /* bind() gives the file this mode less the umask, so that at no moment anybody else can connect. */
  const struct sockaddr *address = (const struct sockaddr *)&place->address;
  if (fchmod(fd, 0600) < 0 || bind(fd, address, place->size) < 0) return discard(fd);
  return fd;
}

static int listen_at(const struct place *place, int backlog) {
  int fd = bind_to(place);
  if (fd >= 0 && listen(fd, backlog) < 0) {
    int status = discard(fd);
    if (place->address.sun_path[0] != 0) unlink(place->address.sun_path);
    return status;
  }
  return fd;
}

typedef bool place_reader(napi_env env, napi_value value, struct place *place, int *status);

static napi_value js_listen(napi_env env, napi_callback_info info, place_reader *read_place) {
  napi_value values[2];
  struct place place;
  int status;
  int32_t backlog;
  read_arguments(env, info, values, 2);
  if (!read_place(env, values[0], &place, &status) ||
      !read_integer(env, values[1], 0, "backlog must be an integer >= 0", &backlog)) {
    return NULL;
  }
  return number(env, status < 0 ? status : listen_at(&place, backlog));
}

napi_value js_listenUnix(napi_env env, napi_callback_info info) {
  return js_listen(env, info, read_path);
}

napi_value js_listenAbstract(napi_env env, napi_callback_info info) {
  return js_listen(env, info, read_abstract);
}

napi_value js_bindAbstract(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct place place;
  int status;
  read_arguments(env, info, values, 1);
  if (!read_abstract(env, values[0], &place, &status)) return NULL;
  return number(env, status < 0 ? status : bind_to(&place));
}

static int connect_to(const struct place *place) {
  int fd = socket(AF_UNIX, STREAM, 0);
  if (fd < 0) return -errno;
  int status;
  do {
    status = connect(fd, (const struct sockaddr *)&place->address, place->size);
  } while (status < 0 && errno == EINTR);
  return status < 0 ? discard(fd) : fd;
}

static napi_value js_connect(napi_env env, napi_callback_info info, place_reader *read_place) {
  napi_value values[1];
  struct place place;
  int status;
  read_arguments(env, info, values, 1);
  if (!read_place(env, values[0], &place, &status)) return NULL;
  return number(env, status < 0 ? status : connect_to(&place));
}

napi_value js_connectUnix(napi_env env, napi_callback_info info) {
  return js_connect(env, info, read_path);
}

napi_value js_connectAbstract(napi_env env, napi_callback_info info) {
  return js_connect(env, info, read_abstract);
}

napi_value js_accept(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd, accepted;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  /* It may come from elsewhere, and a client that has left meanwhile would keep us waiting. */
  if (make_nonblocking(fd) < 0) return number(env, -errno);
  do {
    accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  } while (accepted < 0 && errno == EINTR);
  return result_or_errno(env, accepted);
}

napi_value js_socketPair(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t *ends;
  read_arguments(env, info, values, 1);
  if (!read_integers(env, values[0], 2, "out must be an Int32Array of 2 or more", &ends, NULL)) return NULL;
  return result_or_errno(env, socketpair(AF_UNIX, STREAM, 0, ends));
}

napi_value js_setSendBuffer(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t size;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 1, "size must be an integer >= 1", &size)) {
    return NULL;
  }
  return result_or_errno(env, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
}

napi_value js_peerCredentials(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t *out;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) ||
      !read_integers(env, values[1], 3, "out must be an Int32Array of 3 or more", &out, NULL)) {
    return NULL;
  }
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return number(env, -errno);
  out[0] = peer.pid;
  out[1] = (int32_t)peer.uid;
  out[2] = (int32_t)peer.gid;
  return number(env, 0);
}

napi_value js_shutdown(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t how;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 0, "how must be an integer >= 0", &how)) return NULL;
  return result_or_errno(env, shutdown(fd, how));
}

/* The address of a listening Unix stream socket; -1 with errno. */
static int listener_address(int fd, struct sockaddr_un *address, socklen_t *size) {
  int type, listens;
  socklen_t one = sizeof type;
  *size = sizeof *address;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &one) < 0 ||
      getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &one) < 0 ||
      getsockname(fd, (struct sockaddr *)address, size) < 0) {
    return -1;
  }
  /* The kernel counts a zero behind a path that fills the whole field. */
  if (*size > sizeof *address) *size = sizeof *address;
  errno = address->sun_family != AF_UNIX ? EAFNOSUPPORT : type != SOCK_STREAM ? EPROTOTYPE : EINVAL;
  return address->sun_family == AF_UNIX && type == SOCK_STREAM && listens ? 0 : -1;
}

napi_value js_listenerAddress(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  uint8_t *out;
  size_t space;
  struct sockaddr_un address;
  socklen_t size;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_array(env, values[1], &out, &space)) return NULL;
  if (listener_address(fd, &address, &size) < 0) return number(env, -errno);
  /* An abstract name may hold zeros, a path ends at one, which may have been counted. */
  size_t length = size - offsetof(struct sockaddr_un, sun_path);
  if (length > 0 && address.sun_path[0] != 0) length = strnlen(address.sun_path, length);
  memcpy(out, address.sun_path, length < space ? length : space);
  return number(env, (int32_t)length);
}

napi_value js_connectDatagram(napi_env env, napi_callback_info info) {
  napi_value values[1];
  uint8_t *name;
  size_t name_length;
  read_arguments(env, info, values, 1);
  if (!read_array(env, values[0], &name, &name_length)) return NULL;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (name_length == 0 || name_length > sizeof address.sun_path) return number(env, -ENAMETOOLONG);
  memcpy(address.sun_path, name, name_length);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return number(env, -errno);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_length);
  if (connect(fd, (struct sockaddr *)&address, size) < 0) return number(env, discard(fd));
  return number(env, fd);
}
