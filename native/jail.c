/* SPDX-License-Identifier: Apache-2.0 */
/* What a process can give up for good, and how it asks somebody else for it: Landlock, seccomp, a broker. */
#include "native.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h is missing on some systems that could have it. The numbers are the same for every processor. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif
#define RULESET_VERSION 1U
/* Since version 8: for all threads, and not the calling one alone. */
#define ALL_THREADS 8U
#define VERSION_WITH_ALL_THREADS 8

struct ruleset {
  uint64_t files, network, scopes;
};

napi_value js_landlockVersion(napi_env env, napi_callback_info info) {
  (void)info;
  return result_or_errno(env, (int)syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION));
}

static int restrict_self(const struct ruleset *rules, size_t size, bool all_threads) {
  int fd = (int)syscall(SYS_landlock_create_ruleset, rules, size, 0);
  if (fd < 0) return -errno;
  int status = (int)syscall(SYS_landlock_restrict_self, fd, all_threads ? ALL_THREADS : 0);
  if (status < 0) status = -errno;
  close(fd);
  return status;
}

napi_value js_restrictSelf(napi_env env, napi_callback_info info) {
  napi_value values[3];
  int32_t files, network, scopes;
  struct rlimit none = {0, 0};
  read_arguments(env, info, values, 3);
  if (!read_integer(env, values[0], 0, "files must be an integer >= 0", &files) ||
      !read_integer(env, values[1], 0, "network must be an integer >= 0", &network) ||
      !read_integer(env, values[2], 0, "scopes must be an integer >= 0", &scopes)) {
    return NULL;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
      setrlimit(RLIMIT_CORE, &none) < 0) {
    return number(env, -errno);
  }
  int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
  if (version < 0) return number(env, -errno);
  struct ruleset rules = {(uint64_t)files, (uint64_t)network, (uint64_t)scopes};
  size_t size = version < 4 ? sizeof rules.files : version < 6 ? 2 * sizeof rules.files : sizeof rules;
  return number(env, restrict_self(&rules, size, version >= VERSION_WITH_ALL_THREADS));
}

napi_value js_filterCalls(napi_env env, napi_callback_info info) {
  napi_value values[1];
  uint8_t *code;
  size_t size;
  read_arguments(env, info, values, 1);
  if (!read_array(env, values[0], &code, &size)) return NULL;
  struct sock_fprog program = {.len = (unsigned short)(size / sizeof(struct sock_filter)),
                               .filter = (struct sock_filter *)code};
  unsigned flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH | SECCOMP_FILTER_FLAG_NEW_LISTENER;
  return result_or_errno(env, (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

union control {
  struct cmsghdr head;
  char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static ssize_t send_request(int socket, uint8_t *bytes, size_t length, int given) {
  union control control;
  struct iovec part = {.iov_base = bytes, .iov_len = length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (given >= 0) {
    memset(&control, 0, sizeof control);
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(&control.head), &given, sizeof given);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof given);
  }
  ssize_t sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

/* The status of an answer; its descriptors go into `out` behind how many they are. */
static int receive_answer(int socket, int32_t *out) {
  union control control;
  int32_t status = 0;
  struct iovec part = {.iov_base = &status, .iov_len = sizeof status};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t size;
  do {
    size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return -errno;
  if (size != sizeof status) return -EPIPE;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
    out[0] = (int32_t)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(out + 1, CMSG_DATA(head), (size_t)out[0] * sizeof(int));
  }
  return status;
}

napi_value js_ask(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int socket, given = -1;
  uint8_t *bytes;
  size_t length;
  int32_t *out;
  double wanted;
  read_arguments(env, info, values, 4);
  if (!read_fd(env, values[0], &socket) || !read_array(env, values[1], &bytes, &length) ||
      !read_integers(env, values[3], 3, "out must be an Int32Array of 3 or more", &out, NULL)) {
    return NULL;
  }
  if (napi_get_value_double(env, values[2], &wanted) == napi_ok && wanted >= 0) given = (int)wanted;
  out[0] = 0;
  if (send_request(socket, bytes, length, given) < 0) return number(env, -errno);
  return number(env, receive_answer(socket, out));
}

napi_value js_packetPair(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t *ends;
  read_arguments(env, info, values, 1);
  if (!read_integers(env, values[0], 2, "out must be an Int32Array of 2 or more", &ends, NULL)) return NULL;
  return result_or_errno(env, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
}

static void free_strings(char **strings) {
  for (char **string = strings; string && *string; string++) free(*string);
  free(strings);
}

/* A copy of a string; NULL for what is none, and without memory. */
static char *read_string(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return NULL;
  char *string = malloc(length + 1);
  if (string) napi_get_value_string_utf8(env, value, string, length + 1, &length);
  return string;
}

/* The strings of a list, with NULL behind them; NULL for what is no list of strings, and without memory. */
static char **read_strings(napi_env env, napi_value list) {
  uint32_t count = 0;
  if (napi_get_array_length(env, list, &count) != napi_ok) return NULL;
  char **strings = calloc(count + 1, sizeof *strings);
  for (uint32_t i = 0; strings && i < count; i++) {
    napi_value item;
    strings[i] = napi_get_element(env, list, i, &item) == napi_ok ? read_string(env, item) : NULL;
    if (strings[i]) continue;
    free_strings(strings);
    return NULL;
  }
  return strings;
}

napi_value js_execute(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int32_t kept;
  read_arguments(env, info, values, 2);
  if (!read_integer(env, values[1], 0, "kept must be an integer >= 0", &kept)) return NULL;
  char **strings = read_strings(env, values[0]);
  if (!strings || !strings[0]) {
    free_strings(strings);
    refuse(env, "command must be a list of strings");
    return NULL;
  }
  /* Node has had them closed. */
  for (int fd = 0; fd < kept; fd++) fcntl(fd, F_SETFD, 0);
  execv(strings[0], strings);
  int status = -errno;
  free_strings(strings);
  return number(env, status);
}
