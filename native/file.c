/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with any descriptor, and how many of them there may be. */
#include "native.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

int close_unwatched(napi_env env, int fd) {
  /* The watch would go on under a number that may be another file's by then, and end that one's watch with its own. */
  if (is_watched(env, fd)) return -EBUSY;
  /* Never again after EINTR: Linux has freed the number by then, and another thread may have it already. */
  return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

napi_value js_close(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  return number(env, close_unwatched(env, fd));
}

napi_value js_duplicate(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  return result_or_errno(env, fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

napi_value js_adopt(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  int flags = fcntl(fd, F_GETFD);
  if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0) return number(env, -errno);
  return result_or_errno(env, make_nonblocking(fd) < 0 ? -1 : 0);
}

napi_value js_lockExclusive(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd, status;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  do {
    status = flock(fd, LOCK_EX | LOCK_NB);
  } while (status < 0 && errno == EINTR);
  return result_or_errno(env, status);
}

napi_value js_softFdLimit(napi_env env, napi_callback_info info) {
  (void)info;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return number(env, -errno);
  /* The kernel keeps it below fs.nr_open, which is an int. */
  return number(env, limit.rlim_cur > INT32_MAX ? INT32_MAX : (int32_t)limit.rlim_cur);
}

napi_value js_setSoftFdLimit(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t wanted;
  struct rlimit limit;
  read_arguments(env, info, values, 1);
  if (!read_integer(env, values[0], 0, "limit must be an integer >= 0", &wanted)) return NULL;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return number(env, -errno);
  limit.rlim_cur = (rlim_t)wanted;
  return result_or_errno(env, setrlimit(RLIMIT_NOFILE, &limit));
}
