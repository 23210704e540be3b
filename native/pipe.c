/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes and eventfds, and reading and writing whatever descriptor a peer has passed to us, without ever blocking. */
#include "native.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/eventfd.h>
#include <unistd.h>

napi_value js_pipe(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t *ends;
  read_arguments(env, info, values, 1);
  if (!read_integers(env, values[0], 2, "out must be an Int32Array of 2 or more", &ends, NULL)) return NULL;
  return result_or_errno(env, pipe2(ends, O_CLOEXEC));
}

napi_value js_namedPipe(napi_env env, napi_callback_info info) {
  napi_value values[1];
  char path[PATH_MAX];
  size_t length;
  read_arguments(env, info, values, 1);
  if (napi_get_value_string_utf8(env, values[0], path, sizeof path, &length) != napi_ok) {
    refuse(env, "path must be a string");
    return NULL;
  }
  if (length == sizeof path - 1) return number(env, -ENAMETOOLONG);
  return result_or_errno(env, mkfifo(path, S_IRUSR | S_IWUSR));
}

napi_value js_eventfd(napi_env env, napi_callback_info info) {
  (void)info;
  return result_or_errno(env, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/*
 * Each time, since the mode belongs to the open file: whoever else holds it can change it back. Asking first for
 * readiness would not do: another writer may fill the pipe in between.
 */
int make_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 || flags & O_NONBLOCK ? flags : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

napi_value js_read(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int fd;
  uint8_t *data;
  size_t length;
  read_arguments(env, info, values, 4);
  if (!read_fd(env, values[0], &fd) || !read_bytes(env, values + 1, &data, &length)) return NULL;
  if (make_nonblocking(fd) < 0) return number(env, -errno);
  ssize_t count;
  do {
    count = read(fd, data, length);
  } while (count < 0 && errno == EINTR);
  return result_or_errno(env, (int)count);
}

napi_value js_write(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int fd;
  uint8_t *data;
  size_t length;
  read_arguments(env, info, values, 4);
  if (!read_fd(env, values[0], &fd) || !read_bytes(env, values + 1, &data, &length)) return NULL;
  if (make_nonblocking(fd) < 0) return number(env, -errno);
  ssize_t count;
  do {
    count = write(fd, data, length); /* Node ignores SIGPIPE. */
  } while (count < 0 && errno == EINTR);
  return result_or_errno(env, (int)count);
}
