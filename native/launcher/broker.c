/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does for a process in a jail what it has said before that it would need, and nothing else: connects to a socket, opens a
 * file, removes its own. Who asks says only the number of an errand; src/native/outside.ts describes them. It also answers
 * for the kernel when the jail refuses a call, and reports once for each which it was.
 *
 * Standard input is a socket that keeps messages apart: a request is a number, maybe with a descriptor; its answer is
 * 0 or -errno, with descriptors. Standard output gets the numbers of refused calls.
 */
#include "launcher.h"

#include <sys/socket.h>

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/ioctl.h>
#include <linux/poll.h>
#include <linux/seccomp.h>
#include <linux/stat.h>
#include <linux/un.h>

#define ASK 0
#define REPORT 1
#define MAX_ERRANDS 64
#define MAX_CALLS 1024
/* S_IFMT and S_IFIFO. */
#define FILE_TYPE 0170000
#define PIPE 0010000
/* From here on calls are so new that libraries know what to do without them. */
#define FIRST_NEW_CALL 424

/* What can be asked for besides what the words list; src/native/outside.ts has the same numbers. */
enum { CONNECT_THROUGH = -1, REOPEN_TO_READ = -2, REOPEN_TO_WRITE = -3, TAKE_LISTENER = -4, GREET = -5 };

struct errand {
  const char *kind, *path, *other;
  long flags, mode;
};

static struct errand errands[MAX_ERRANDS];
static long errand_count;
/* What seccomp(2) has given: through it the kernel asks about refused calls. -1: none. */
static int listener = -1;
static bool is_reported[MAX_CALLS];

static void read_errands(void) {
  errand_count = number(word());
  if (errand_count > MAX_ERRANDS) leave(E2BIG);
  for (long i = 0; i < errand_count; i++) {
    struct errand *errand = &errands[i];
    errand->kind = word();
    errand->path = word();
    errand->other = word();
    errand->flags = number(word());
    errand->mode = number(word());
  }
}

/* The size of the address of a path, or of a name without a file behind an @; 0 when it is too long. */
static long make_address(struct sockaddr_un *address, const char *path) {
  size_t length = length_of(path);
  if (length == 0 || length >= sizeof address->sun_path) return 0;
  address->sun_family = AF_UNIX;
  for (size_t i = 0; i <= length; i++) address->sun_path[i] = path[i];
  if (*path == '@') address->sun_path[0] = 0;
  return (long)(offsetof(struct sockaddr_un, sun_path) + length + (*path != '@'));
}

static long close_and_return(long fd, long result) {
  CALL1(close, fd);
  return result;
}

static long new_socket(long type) { return CALL3(socket, AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

static long connect_to(const char *path) {
  struct sockaddr_un address;
  long size = make_address(&address, path);
  if (size == 0) return -ENAMETOOLONG;
  long fd = new_socket(SOCK_STREAM);
  if (fd < 0) return fd;
  long result;
  do {
    result = CALL3(connect, fd, &address, size);
  } while (result == -EINTR);
  return result < 0 ? close_and_return(fd, result) : fd;
}

/* /proc/self/fd/N */
static void name_descriptor(char *name, long fd) {
  char digits[24];
  size_t count = 0;
  const char *folder = "/proc/self/fd/";
  while (*folder != 0) *name++ = *folder++;
  do digits[count++] = (char)('0' + fd % 10);
  while ((fd /= 10) > 0);
  while (count > 0) *name++ = digits[--count];
  *name = 0;
}

/*
 * Only what is a pipe: of a file somebody may have a descriptor that is not to write to it. And to write only one without
 * a name: a file system in user space, where the name may lie, may never answer.
 */
static long reopen(long fd, long flags) {
  struct statx file;
  char name[48], target[8];
  /* That file system is not to be asked here, either. */
  long result = CALL5(statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &file);
  if (result < 0) return result;
  if ((file.stx_mode & FILE_TYPE) != PIPE) return -EACCES;
  name_descriptor(name, fd);
  if (flags == O_WRONLY) {
    result = CALL4(readlinkat, AT_FDCWD, name, target, sizeof target);
    if (result < 5 || target[0] != 'p' || target[4] != ':') return -EACCES;
  }
  return CALL4(openat, AT_FDCWD, name, flags | O_NONBLOCK | O_CLOEXEC, 0);
}

static char *append(char *end, const char *text) {
  while (*text != 0) *end++ = *text++;
  *end = 0;
  return end;
}

/* A listening socket that only who has its descriptor finds: its folder, which nobody else could enter, is gone. */
static long make_private_socket(const char *folder, int *fds) {
  struct sockaddr_un address;
  char path[sizeof address.sun_path];
  unsigned char random[8];
  if (length_of(folder) + 40 > sizeof path) return -ENAMETOOLONG;
  long result = CALL3(getrandom, random, sizeof random, 0);
  if (result < 0) return result;
  char *end = append(append(path, folder), "/wayland-proxy-");
  for (size_t i = 0; i < sizeof random; i++) *end++ = (char)('a' + random[i] % 26);
  *end = 0;
  result = CALL3(mkdirat, AT_FDCWD, path, 0700);
  if (result < 0) return result;
  append(end, "/socket");
  long size = make_address(&address, path);
  long socket = new_socket(SOCK_STREAM);
  long found = -1;
  result = socket < 0 ? socket : CALL3(bind, socket, &address, size);
  if (result >= 0) result = CALL2(listen, socket, 128);
  if (result >= 0) result = found = CALL4(openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
  CALL3(unlinkat, AT_FDCWD, path, 0);
  *end = 0;
  CALL3(unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
  if (result < 0) return socket < 0 ? result : close_and_return(socket, result);
  fds[0] = (int)found;
  fds[1] = (int)socket;
  return 2;
}

/* How many descriptors there are now in `fds`, or -errno. */
static long one(long fd, int *fds) {
  if (fd < 0) return fd;
  fds[0] = (int)fd;
  return 1;
}

static long run_listed(const struct errand *errand, int *fds) {
  if (is_same(errand->kind, "connect")) return one(connect_to(errand->path), fds);
  if (is_same(errand->kind, "open"))
    return one(CALL4(openat, AT_FDCWD, errand->path, errand->flags | O_CLOEXEC, errand->mode), fds);
  if (is_same(errand->kind, "unlink")) return CALL3(unlinkat, AT_FDCWD, errand->path, 0);
  if (is_same(errand->kind, "remove-tree")) return remove_tree(AT_FDCWD, errand->path, 0), 0;
  if (is_same(errand->kind, "rename")) return CALL4(renameat, AT_FDCWD, errand->path, AT_FDCWD, errand->other);
  if (is_same(errand->kind, "private-socket")) return make_private_socket(errand->path, fds);
  return -ENOSYS;
}

/* Runs an errand; `given` is a descriptor or -1, and stays the caller's. */
static long run(int32_t asked, int given, int *fds) {
  char name[48];
  if (asked >= 0 && asked < errand_count) return run_listed(&errands[asked], fds);
  if (asked == GREET) return 0;
  if (given < 0) return -EBADF;
  switch (asked) {
    case CONNECT_THROUGH:
      name_descriptor(name, given);
      return one(connect_to(name), fds);
    case REOPEN_TO_READ:
      return one(reopen(given, O_RDONLY), fds);
    case REOPEN_TO_WRITE:
      return one(reopen(given, O_WRONLY), fds);
    case TAKE_LISTENER:
      if (listener >= 0) return -EEXIST;
      return listener = (int)CALL3(fcntl, given, F_DUPFD_CLOEXEC, 3), listener < 0 ? listener : 0;
    default:
      return -EINVAL;
  }
}

union control {
  struct cmsghdr head;
  char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static void answer(long result, const int *fds) {
  int32_t status = result < 0 ? (int32_t)result : 0;
  long count = result < 0 ? 0 : result;
  union control control;
  struct iovec part = {.iov_base = &status, .iov_len = sizeof status};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    int *target = (int *)CMSG_DATA(&control.head);
    for (long i = 0; i < count; i++) target[i] = fds[i];
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
  }
  CALL3(sendmsg, ASK, &message, MSG_NOSIGNAL);
  for (long i = 0; i < count; i++) CALL1(close, fds[i]);
}

/* Who asks has ended when there is nothing more. */
static void on_request(void) {
  int32_t request;
  union control control;
  int fds[2];
  int given = -1;
  struct iovec part = {.iov_base = &request, .iov_len = sizeof request};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  long size = CALL3(recvmsg, ASK, &message, MSG_CMSG_CLOEXEC);
  if (size == -EINTR) return;
  if (size < (long)sizeof request) leave(0);
  if (message.msg_controllen >= sizeof control.head && control.head.cmsg_type == SCM_RIGHTS)
    given = *(int *)CMSG_DATA(&control.head);
  long result = run(request, given, fds);
  if (given >= 0) CALL1(close, given);
  answer(result, fds);
}

/* The kernel asks about a call: it fails. That costs who called an error, and no more. */
static void on_refused(void) {
  /* Of later kernels these may be larger. */
  static union {
    struct seccomp_notif question;
    char room[512];
  } asked;
  static union {
    struct seccomp_notif_resp answer;
    char room[256];
  } said;
  for (size_t i = 0; i < sizeof asked.room; i++) asked.room[i] = 0;
  for (size_t i = 0; i < sizeof said.room; i++) said.room[i] = 0;
  if (CALL3(ioctl, listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) return;
  int32_t refused = asked.question.data.nr;
  said.answer.id = asked.question.id;
  said.answer.error = refused >= FIRST_NEW_CALL ? -ENOSYS : -EPERM;
  CALL3(ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &said);
  if (refused < 0 || refused >= MAX_CALLS || is_reported[refused]) return;
  is_reported[refused] = true;
  CALL3(write, REPORT, &refused, sizeof refused);
}

void serve_errands(void) {
  read_errands();
  /* Who asks ends later than a service manager that ends us all, and needs us to the end. */
  uint64_t all_signals = ~0UL;
  CALL4(rt_sigprocmask, BLOCK_SIGNALS, &all_signals, NULL, sizeof all_signals);
  for (;;) {
    struct pollfd ready[2] = {{.fd = ASK, .events = POLLIN, .revents = 0}, {.fd = listener, .events = POLLIN, .revents = 0}};
    if (CALL5(ppoll, ready, 2, NULL, NULL, 8) < 0) continue;
    if (ready[1].revents & POLLIN) on_refused();
    /* Everybody in the jail has ended. */
    else if (ready[1].revents != 0) listener = -1;
    if (ready[0].revents != 0) on_request();
  }
}
