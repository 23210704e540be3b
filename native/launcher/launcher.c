/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a process what a list of words says, and then executes a program: the namespaces and mounts of QEMU on the host,
 * the file systems of a VM as its first process, the user and terminal of a program. It has no policy of its own; the
 * words come from src/vm/words.ts, which describes each. It uses no libc, since an initial file system has none.
 *
 * The words are its arguments; where the kernel has started it, as a VM's first process, the lines of /script.
 *
 * A step that fails ends it with status 125 and a line that names the step. A dash before a step's name allows it to fail.
 */
#include "launcher.h"

#include <sys/socket.h>

#include <asm/ioctls.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/in.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/route.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/stat.h>

#define FAILED 125
#define NOT_EXECUTABLE 126
#define NOT_FOUND 127
#define MAX_WORDS 4096
#define MAX_FILE (256 * 1024)
#define MAX_GROUPS 64
#define MAX_PATH 4096
#define SIGNAL_HANG_UP 1
#define SIGNAL_INTERRUPT 2
#define SIGNAL_KILL 9
#define SIGNAL_TERMINATE 15
#define SIGNAL_CHILD 17
/* What <sys/mount.h> calls so; the kernel's header has other names for them in some versions. */
#define BIND 4096UL
#define MOVE 8192UL
#define RECURSIVE 16384UL
#define DETACH 2
#define LOCK_EXCLUSIVE_AT_ONCE (2 | 4)
#define MAX_DEPTH 4
#define MAX_FILTER 256

#if defined __x86_64__
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n");
#else
__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  and x1, x0, #-16\n  mov sp, x1\n  b start\n");
#endif

/* The compiler may make calls of these of its own accord. */
void *memset(void *bytes, int value, size_t length) {
  volatile unsigned char *byte = bytes;
  while (length-- > 0) *byte++ = (unsigned char)value;
  return bytes;
}

void *memcpy(void *to, const void *from, size_t length) {
  volatile unsigned char *target = to;
  const unsigned char *source = from;
  while (length-- > 0) *target++ = *source++;
  return to;
}

static bool is_first_process;
static char **words;
static char **environment;
static char *file_words[MAX_WORDS + 1];
static char file_text[MAX_FILE + 1];
static size_t file_used;
static size_t file_count;

size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

bool is_same(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return *a == *b;
}

static void say(const char *text) { CALL3(write, 2, text, length_of(text)); }

static void say_number(long value) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do {
    *--first = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  say(first);
}

__attribute__((noreturn)) void leave(int status) {
  if (is_first_process) {
    /* Nobody unmounts the layer that stays. */
    CALL0(sync);
    /* If this process ended, the kernel would write twenty lines that hide the reason. */
    CALL4(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART, NULL);
  }
  for (;;) CALL1(exit_group, status);
}

__attribute__((noreturn)) static void fail(const char *step, const char *about, long result) {
  say("launcher: ");
  say(step);
  say(" ");
  say(about);
  say(": error ");
  say_number(-result);
  say("\n");
  leave(FAILED);
}

char *word(void) {
  if (*words == NULL) fail("list", "ends too early", 0);
  return *words++;
}

long number(const char *text) {
  long value = 0;
  for (; *text != 0; text++) value = value * 10 + (*text - '0');
  return value;
}

static char *or_null(char *text) { return *text == 0 ? NULL : text; }

static long close_and(long fd, long result) {
  CALL1(close, fd);
  return result;
}

static long bind_mount(const char *source, const char *target, uint64_t attributes) {
  long result = CALL5(mount, source, target, NULL, BIND | RECURSIVE, NULL);
  if (result < 0 || attributes == 0) return result;
  struct mount_attr attr = {.attr_set = attributes};
  return CALL5(mount_setattr, AT_FDCWD, target, AT_RECURSIVE, &attr, sizeof attr);
}

static long write_file(const char *path, int flags, const char *text) {
  long fd = CALL4(openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC | flags, 0600);
  if (fd < 0) return fd;
  size_t length = length_of(text);
  return close_and(fd, CALL3(write, fd, text, length));
}

/* The directory becomes the root, and the old one is let go. */
static long pivot(const char *path) {
  long result = CALL1(chdir, path);
  if (result >= 0) result = CALL2(pivot_root, ".", ".");
  if (result >= 0) result = CALL2(umount2, ".", DETACH);
  return result < 0 ? result : CALL1(chdir, "/");
}

/* The same in an initial file system, whose root cannot be let go. */
static long move_root(const char *path) {
  long result = CALL1(chdir, path);
  if (result >= 0) result = CALL5(mount, ".", "/", NULL, MOVE, NULL);
  if (result >= 0) result = CALL1(chroot, ".");
  return result < 0 ? result : CALL1(chdir, "/");
}

static long load_module(const char *path) {
  long fd = CALL4(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  long result = close_and(fd, CALL3(finit_module, fd, "", 0));
  return result == -EEXIST ? 0 : result;
}

static long use_terminal(const char *path) {
  long fd = CALL4(openat, AT_FDCWD, path, O_RDWR, 0);
  if (fd < 0) return fd;
  long result = CALL3(ioctl, fd, TIOCSCTTY, 0);
  for (int standard = 0; standard < 3; standard++)
    if (fd != standard) CALL3(dup3, fd, standard, 0);
  return fd > 2 ? close_and(fd, result) : result;
}

static long become_user(char *uid, char *gid, char *groups) {
  uint32_t list[MAX_GROUPS];
  size_t count = 0;
  while (*groups != 0 && count < MAX_GROUPS) {
    uint32_t group = 0;
    for (; *groups != 0 && *groups != ','; groups++) group = group * 10 + (uint32_t)(*groups - '0');
    list[count++] = group;
    if (*groups == ',') groups++;
  }
  long result = CALL2(setgroups, count, list);
  if (result >= 0) result = CALL1(setgid, number(gid));
  return result < 0 ? result : CALL1(setuid, number(uid));
}

/* No program that is executed from now on gets a privilege back, nor a file that was open here but the first ones. */
static long drop_privileges(long kept_files) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  for (long capability = 0; capability < 64; capability++) CALL5(prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
  long result = CALL3(close_range, kept_files, ~0U, 0);
  if (result >= 0) result = CALL5(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return result < 0 ? result : CALL2(capset, &header, none);
}

static unsigned digit_value(char digit) { return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10); }

/* From now on the kernel asks a program of its packet filter's language, in hexadecimal digits, about each system call. */
static long filter_calls(const char *digits) {
  static struct sock_filter code[MAX_FILTER];
  unsigned char *bytes = (unsigned char *)code;
  size_t size = length_of(digits) / 2;
  if (size > sizeof code) return -E2BIG;
  for (size_t i = 0; i < size; i++)
    bytes[i] = (unsigned char)(digit_value(digits[2 * i]) << 4 | digit_value(digits[2 * i + 1]));
  struct sock_fprog program = {.len = (unsigned short)(size / sizeof code[0]), .filter = code};
  return CALL3(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* The new child of ours dies with us. */
static long begin_child(void) {
  long result = CALL5(prctl, PR_SET_PDEATHSIG, SIGNAL_KILL, 0, 0, 0);
  is_first_process = false;
  return result;
}

/* Goes on in a child. Here whatever has lost its parent is waited for, until the child ends; its status becomes ours. */
static long fork_off(void) {
  long child = CALL5(clone, SIGNAL_CHILD, 0, 0, 0, 0);
  if (child == 0) return begin_child();
  if (child < 0) return child;
  for (;;) {
    int status = 0;
    long ended = CALL4(wait4, -1, &status, 0, NULL);
    if (ended == child) leave((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
    if (ended < 0 && ended != -EINTR) leave(FAILED);
  }
}

static struct sockaddr ip_address(const char *address) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {__builtin_bswap32((uint32_t)number(address))}};
  struct sockaddr result;
  memcpy(&result, &in, sizeof result);
  return result;
}

/* Gives a network interface an address, unless it keeps the one that it has, and switches it on. */
static long set_interface(const char *name, const char *address, const char *mask) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  size_t length = length_of(name);
  if (length >= IFNAMSIZ) return -EINVAL;
  memcpy(request.ifr_name, name, length);
  long fd = CALL3(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  request.ifr_addr = ip_address(address);
  long result = CALL3(ioctl, fd, SIOCSIFADDR, &request);
  request.ifr_addr = ip_address(mask);
  if (result >= 0) result = CALL3(ioctl, fd, SIOCSIFNETMASK, &request);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (result >= 0) result = CALL3(ioctl, fd, SIOCSIFFLAGS, &request);
  return close_and(fd, result);
}

/* Says where all other addresses are. */
static long set_route(const char *gateway) {
  struct rtentry route;
  memset(&route, 0, sizeof route);
  long fd = CALL3(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  route.rt_dst = ip_address("0");
  route.rt_genmask = ip_address("0");
  route.rt_gateway = ip_address(gateway);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  return close_and(fd, CALL3(ioctl, fd, SIOCADDRT, &route));
}

struct entry {
  uint64_t inode;
  int64_t offset;
  uint16_t size;
  uint8_t type;
  char name[];
};

void remove_tree(long folder, const char *name, int depth) {
  long result = CALL3(unlinkat, folder, name, 0);
  if (result != -EISDIR || depth == MAX_DEPTH) return;
  long fd = CALL4(openat, folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return;
  static char buffers[MAX_DEPTH][4096] __attribute__((aligned(8)));
  long count;
  while ((count = CALL3(getdents64, fd, buffers[depth], sizeof buffers[depth])) > 0) {
    for (long offset = 0; offset < count;) {
      struct entry *entry = (struct entry *)(buffers[depth] + offset);
      if (!is_same(entry->name, ".") && !is_same(entry->name, "..")) remove_tree(fd, entry->name, depth + 1);
      offset += entry->size;
    }
  }
  CALL1(close, fd);
  CALL3(unlinkat, folder, name, AT_REMOVEDIR);
}

static bool is_file_at(long fd, const char *path) {
  struct statx open, found;
  if (CALL5(statx, fd, "", AT_EMPTY_PATH, STATX_INO, &open) < 0) return false;
  return CALL5(statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO, &found) >= 0 && open.stx_ino == found.stx_ino;
}

/*
 * What the owner of a name has left, who was killed: all of it is below the name's lock. Whoever has taken the lock since
 * then has begun anew.
 */
static void clean_up(const char *lock, const char *socket, const char *folder) {
  long fd = CALL4(openat, AT_FDCWD, lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0) return;
  if (CALL2(flock, fd, LOCK_EXCLUSIVE_AT_ONCE) >= 0 && is_file_at(fd, lock)) {
    remove_tree(AT_FDCWD, folder, 0);
    CALL3(unlinkat, AT_FDCWD, socket, 0);
    CALL3(unlinkat, AT_FDCWD, lock, 0);
  }
  CALL1(close, fd);
}

/* Waits for the end of the process that has started us, and of a child, if there is one. Returns whether the former has ended. */
static bool await_end(long parent, long child) {
  struct pollfd ends[2] = {{.fd = -1, .events = POLLIN, .revents = 0}, {.fd = -1, .events = POLLIN, .revents = 0}};
  ends[0].fd = (int)CALL2(pidfd_open, parent, 0);
  if (child > 0) ends[1].fd = (int)CALL2(pidfd_open, child, 0);
  bool is_missed = ends[0].fd < 0 || (child > 0 && ends[1].fd < 0) || CALL0(getppid) != parent;
  while (!is_missed && CALL5(ppoll, ends, 2, NULL, NULL, 8) == -EINTR) continue;
  return ends[1].revents == 0;
}

/* A service manager, or the end of a session, asks all processes at once to end. When QEMU does is for its owner to say. */
static void leave_signals_to_owner(void) {
  uint64_t to_end = 1UL << (SIGNAL_HANG_UP - 1) | 1UL << (SIGNAL_INTERRUPT - 1) | 1UL << (SIGNAL_TERMINATE - 1);
  CALL4(rt_sigprocmask, BLOCK_SIGNALS, &to_end, NULL, sizeof to_end);
}

/*
 * Goes on in a child. Here its end and that of the process that has started us are awaited; then both are over. What asks
 * either of them to end is blocked, also in what the child becomes.
 */
static long guard(long parent) {
  leave_signals_to_owner();
  long child = CALL5(clone, SIGNAL_CHILD, 0, 0, 0, 0);
  if (child == 0) return begin_child();
  if (child < 0) return child;
  if (await_end(parent, child)) CALL2(kill, child, SIGNAL_KILL);
  int status = 0;
  while (CALL4(wait4, child, &status, 0, NULL) == -EINTR) continue;
  leave((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
}

/* A listening socket becomes the first connection with it. It may be nonblocking; the connection is not. */
static long accept_at(long fd) {
  struct pollfd listening = {.fd = (int)fd, .events = POLLIN, .revents = 0};
  long connection;
  do {
    CALL5(ppoll, &listening, 1, NULL, NULL, 8);
    connection = CALL4(accept4, fd, NULL, NULL, SOCK_CLOEXEC);
  } while (connection == -EAGAIN || connection == -EINTR);
  return connection < 0 ? connection : close_and(connection, CALL3(dup3, connection, fd, 0));
}

/* Variables by which a service manager passes sockets to one process alone. */
static long set_listen_pid(void) {
  static char text[40] = "LISTEN_PID=";
  static char *extended[MAX_WORDS + 2];
  size_t count = 0;
  for (; environment[count] != NULL && count < MAX_WORDS; count++) extended[count] = environment[count];
  long pid = CALL0(getpid);
  char *end = text + sizeof text - 1;
  char *first = end;
  *first = 0;
  do {
    *--first = (char)('0' + pid % 10);
    pid /= 10;
  } while (pid > 0);
  memcpy(text + 11, first, (size_t)(end - first) + 1);
  extended[count] = text;
  extended[count + 1] = NULL;
  environment = extended;
  return 0;
}

/* Goes on with the lines of a file. */
static long continue_with(const char *path) {
  long fd = CALL4(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  char *text = file_text + file_used;
  size_t room = MAX_FILE - file_used;
  size_t size = 0;
  long count;
  while ((count = CALL3(read, fd, text + size, room - size)) > 0) size += (size_t)count;
  CALL1(close, fd);
  if (count < 0) return count;
  if (size == room) return -EFBIG;
  file_used += size;
  words = file_words + file_count;
  char *line = text;
  for (char *end = text; end < text + size; end++) {
    if (*end != '\n') continue;
    if (file_count == MAX_WORDS) return -E2BIG;
    *end = 0;
    file_words[file_count++] = line;
    line = end + 1;
  }
  file_words[file_count++] = NULL;
  return 0;
}

static const char *search_path(void) {
  for (char **variable = environment; *variable != NULL; variable++) {
    char *text = *variable;
    if (text[0] == 'P' && text[1] == 'A' && text[2] == 'T' && text[3] == 'H' && text[4] == '=') return text + 5;
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

static long execute_file(char *path, char **arguments) {
  long result = CALL3(execve, path, arguments, environment);
  if (result != -ENOEXEC) return result;
  /* A script that does not say who runs it. The word before is a step's name, which has been read. */
  char *replaced = arguments[-1];
  char *name = arguments[0];
  arguments[-1] = "/bin/sh";
  arguments[0] = path;
  CALL3(execve, "/bin/sh", arguments - 1, environment);
  arguments[-1] = replaced;
  arguments[0] = name;
  return result;
}

/* As shells search: what exists and may not be executed counts, if nothing else is found. */
static long execute(char **arguments) {
  char *name = arguments[0];
  if (*name == 0) return -ENOENT;
  for (char *letter = name; *letter != 0; letter++)
    if (*letter == '/') return execute_file(name, arguments);
  static char path[MAX_PATH];
  size_t name_length = length_of(name);
  long result = -ENOENT;
  const char *folder = search_path();
  for (;;) {
    size_t length = 0;
    while (folder[length] != 0 && folder[length] != ':') length++;
    if (length > 0 && length + name_length + 2 <= sizeof path) {
      memcpy(path, folder, length);
      path[length] = '/';
      memcpy(path + length + 1, name, name_length + 1);
      long tried = execute_file(path, arguments);
      if (tried != -ENOENT && tried != -ENOTDIR) result = tried;
    }
    if (folder[length] == 0) return result;
    folder += length + 1;
  }
}

__attribute__((noreturn)) static void execute_or_leave(void) {
  char *name = *words;
  if (name == NULL) fail("exec", "names no program", 0);
  long result = execute(words);
  say(name);
  if (result == -ENOENT) say(": command not found\n");
  else if (result == -EACCES) say(": permission denied\n");
  else {
    say(": cannot be executed, error ");
    say_number(-result);
    say("\n");
  }
  leave(result == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* One step, whose name has been read. */
static long take_step(const char *step, char **about) {
  *about = *words == NULL ? "" : *words;
  if (is_same(step, "mount")) {
    char *source = word(), *target = word(), *type = word(), *flags = word(), *data = word();
    *about = target;
    return CALL5(mount, source, target, type, number(flags), or_null(data));
  }
  if (is_same(step, "bind")) {
    char *source = word(), *target = word(), *attributes = word();
    return bind_mount(source, target, (uint64_t)number(attributes));
  }
  if (is_same(step, "mkdir")) {
    char *path = word(), *mode = word();
    long result = CALL3(mkdirat, AT_FDCWD, path, number(mode));
    return result == -EEXIST ? 0 : result;
  }
  if (is_same(step, "chmod")) {
    char *path = word(), *mode = word();
    return CALL3(fchmodat, AT_FDCWD, path, number(mode));
  }
  if (is_same(step, "link")) {
    char *target = word(), *path = word();
    return CALL3(symlinkat, target, AT_FDCWD, path);
  }
  if (is_same(step, "create")) {
    char *path = word(), *text = word();
    return write_file(path, O_CREAT | O_EXCL, text);
  }
  if (is_same(step, "write")) {
    char *path = word(), *text = word();
    return write_file(path, 0, text);
  }
  if (is_same(step, "module")) return load_module(word());
  if (is_same(step, "interface")) {
    char *name = word(), *address = word(), *mask = word();
    return set_interface(name, address, mask);
  }
  if (is_same(step, "route")) return set_route(word());
  if (is_same(step, "pivot")) return pivot(word());
  if (is_same(step, "move-root")) return move_root(word());
  if (is_same(step, "unshare")) return CALL1(unshare, number(word()));
  if (is_same(step, "fork")) return fork_off();
  if (is_same(step, "guard")) return guard(number(word()));
  if (is_same(step, "accept")) return accept_at(number(word()));
  if (is_same(step, "watch")) {
    char *parent = word(), *lock = word(), *socket = word(), *folder = word();
    await_end(number(parent), 0);
    clean_up(lock, socket, folder);
    leave(0);
  }
  if (is_same(step, "drop-privileges")) return drop_privileges(number(word()));
  if (is_same(step, "no-new-privileges")) return CALL5(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (is_same(step, "filter")) return filter_calls(word());
  if (is_same(step, "session")) return CALL0(setsid);
  if (is_same(step, "terminal")) return use_terminal(word());
  if (is_same(step, "user")) {
    char *uid = word(), *gid = word(), *groups = word();
    return become_user(uid, gid, groups);
  }
  if (is_same(step, "chdir")) return CALL1(chdir, word());
  if (is_same(step, "listen-pid")) return set_listen_pid();
  if (is_same(step, "serve")) serve_errands();
  if (is_same(step, "continue")) return continue_with(word());
  return -ENOSYS;
}

/* What the kernel has put on the stack: how many arguments, their addresses, those of the variables. */
__attribute__((noreturn, used)) void start(long *stack) {
  long count = stack[0];
  char **arguments = (char **)(stack + 1);
  environment = arguments + count + 1;
  words = arguments + 1;
  if (CALL0(getpid) == 1) {
    /* The arguments are what the kernel does not know of its own command line. */
    is_first_process = true;
    long result = continue_with("/script");
    if (result < 0) fail("read", "/script", result);
  }
  for (;;) {
    char *step = word();
    if (is_same(step, "exec")) execute_or_leave();
    bool may_fail = *step == '-';
    char *about = "";
    long result = take_step(may_fail ? step + 1 : step, &about);
    if (result < 0 && !may_fail) fail(step, about, result);
  }
}
