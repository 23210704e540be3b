/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls on files of somebody else's that may never return: a file system in user space (FUSE) answers when it likes, a
 * terminal can be stopped. Each call runs in a process of its own, which shares our memory and our descriptors. A thread of
 * its own waits for it, as with vfork(2). A thread alone would not do. One that waits for an answer of FUSE's ends only
 * with that answer, whatever signal comes. Until then the process that it belongs to does not end either. A process can be
 * left behind. It can also be killed, where the kernel allows that: no signal handler and nothing else of ours is in the
 * way. Nor would Node's own threads do: there are four for everything, and process.exit() waits for them.
 *
 * No call touches memory that anybody else uses: data is copied in before, and out after it.
 */
#include "native.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What can be called; src/native/binding.ts has the same numbers. */
enum { CLOSE, STAT, READ, WRITE, STORE };

#define PROCESS_STACK (32 * 1024)
/* With room for what the C library keeps for each thread. */
#define THREAD_STACK (256 * 1024)

struct call {
  struct call *next;
  struct calls *all;
  int32_t id, operation;
  int fd;
  uint8_t *data; /* ours: to be written, or as far as it was read */
  size_t length;
  uint64_t offset;
  int64_t result; /* >= 0, or -errno */
  struct statx file;
  _Atomic pid_t process; /* 0: none yet, or none any more; -1: there is none to be had, the thread makes the call */
  _Atomic bool cancelled;
  _Atomic bool closing; /* the number is about to be free */
};

/* The calls of one JavaScript environment. They may outlive it. */
struct calls {
  pthread_mutex_t lock;
  int event; /* an eventfd: there are finished ones; -1 while none runs */
  pid_t owner;
  size_t users;
  struct call *running, *finished;
};

/* Calls that have not ended, of all environments. */
static atomic_int unfinished;

static const napi_type_tag calls_tag = {0x626c6f636b696e67ULL, 0x63616c6c735f7770ULL};

/* Only memory (memfd, tmpfs, huge pages) has seals, only pipes have a size like that. Most descriptors are memory. */
static bool is_memory_or_pipe(int fd) {
  return fcntl(fd, F_GET_SEALS) >= 0 || fcntl(fd, F_GETPIPE_SZ) >= 0;
}

/* Never blocks, whatever file it is: no file system is asked. */
bool may_block(int fd) {
  int type;
  socklen_t size = sizeof type;
  struct statx file;
  if (is_memory_or_pipe(fd)) return false;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0) return false;
  /* What is of no type at all is the kernel's own: a dma-buf, an eventfd, a fence. */
  return look_at(fd, &file) == 0 && (file.stx_mode & S_IFMT) != 0;
}

napi_value js_mayBlock(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  return number(env, may_block(fd));
}

/* The family of a socket; -1 for anything else. */
static int family_of(int fd) {
  int family;
  socklen_t size = sizeof family;
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) < 0 ? -1 : family;
}

/*
 * Whoever closes a socket last may have to wait until all that it holds is sent (SO_LINGER). Any process that has it says
 * for how long. Unix sockets do not wait, but one that lies unread in them does.
 */
napi_value js_closeAtOnce(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int32_t *fds, count, left = 0;
  read_arguments(env, info, values, 2);
  if (!read_integer(env, values[1], 0, "count must be an integer >= 0", &count) ||
      !read_integers(env, values[0], (size_t)count, "fds must be an Int32Array of count or more", &fds, NULL)) {
    return NULL;
  }
  for (int32_t i = 0; i < count; i++) {
    int fd = fds[i];
    if (!is_memory_or_pipe(fd) && (family_of(fd) >= 0 || may_block(fd))) fds[left++] = fd;
    else close_unwatched(env, fd);
  }
  return number(env, left);
}

/* For a thread that makes a call itself, and cannot be killed: once it is cancelled, the number may be another file's. */
static int64_t read_all(const struct call *call) {
  size_t done = 0;
  while (done < call->length && !call->cancelled) {
    ssize_t count = pread(call->fd, call->data + done, call->length - done, (off_t)(call->offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && done == 0) return -errno;
    if (count <= 0) break;
    done += (size_t)count;
  }
  return (int64_t)done;
}

static int64_t write_all(const struct call *call) {
  size_t done = 0;
  while (done < call->length && !call->cancelled) {
    const uint8_t *data = call->data + done;
    ssize_t count = call->operation == STORE
                        ? pwrite(call->fd, data, call->length - done, (off_t)(call->offset + done))
                        : write(call->fd, data, call->length - done);
    if (count < 0 && errno == EAGAIN) {
      struct pollfd waits = {.fd = call->fd, .events = POLLOUT};
      poll(&waits, 1, -1);
    } else if (count < 0 && errno != EINTR) {
      return -errno;
    } else if (count == 0) {
      return -EIO;
    } else if (count > 0) {
      done += (size_t)count;
    }
  }
  return (int64_t)done;
}

static int64_t perform(struct call *call) {
  switch (call->operation) {
    case CLOSE:
      /* Takes the number out of our table at once, and then has the file system told. */
      call->closing = true;
      return close(call->fd) < 0 && errno != EINTR ? -errno : 0;
    case STAT:
      return syscall(SYS_statx, call->fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &call->file) < 0 ? -errno : 0;
    case READ:
      return read_all(call);
    default:
      return write_all(call);
  }
}

static int in_process(void *argument) {
  struct call *call = argument;
  /* Ends with the thread that waits for it, if it can. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!call->cancelled && getppid() == call->all->owner) call->result = perform(call);
  return 0;
}

static void release(struct calls *all) {
  pthread_mutex_lock(&all->lock);
  bool last = --all->users == 0;
  pthread_mutex_unlock(&all->lock);
  if (!last) return;
  while (all->finished) {
    struct call *call = all->finished;
    all->finished = call->next;
    free(call->data);
    free(call);
  }
  if (all->event >= 0) close(all->event);
  free(all);
}

static void finish(struct call *call) {
  struct calls *all = call->all;
  uint64_t one = 1;
  pthread_mutex_lock(&all->lock);
  struct call **place = &all->running;
  while (*place != call) place = &(*place)->next;
  *place = call->next;
  unfinished--;
  call->next = all->finished;
  all->finished = call;
  /* Room for it there always is. */
  ssize_t told = write(all->event, &one, sizeof one);
  (void)told;
  pthread_mutex_unlock(&all->lock);
  release(all);
}

static void *in_thread(void *argument) {
  struct call *call = argument;
  _Alignas(16) uint8_t stack[PROCESS_STACK];
  /* Without CLONE_THREAD and CLONE_SIGHAND: it is a process that can be killed alone. Nobody is told of its end. */
  int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS | CLONE_UNTRACED | CLONE_PARENT_SETTID;
  pid_t process = clone(in_process, stack + sizeof stack, flags, call, &call->process);
  if (process > 0) {
    pthread_mutex_lock(&call->all->lock);
    call->process = 0; /* From now on its number may become somebody else's. */
    pthread_mutex_unlock(&call->all->lock);
    waitpid(process, NULL, __WALL);
  } else {
    /* Sandboxes may forbid it. */
    call->process = -1;
    call->result = perform(call);
  }
  finish(call);
  return NULL;
}

/* 0 or -errno. No signal is delivered to the thread, nor to the process: all are meant for others. */
static int start(struct call *call) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  int status = pthread_attr_init(&attributes);
  if (status != 0) return -status;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, THREAD_STACK);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  status = pthread_create(&thread, &attributes, in_thread, call);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return -status;
}

static void on_collected(napi_env env, void *all, void *hint) {
  (void)env;
  (void)hint;
  release(all);
}

napi_value js_callsOpen(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value handle;
  struct calls *all = calloc(1, sizeof *all);
  if (!all) return number(env, -ENOMEM);
  all->event = -1;
  all->owner = getpid();
  pthread_mutex_init(&all->lock, NULL);
  all->users = 1;
  napi_create_object(env, &handle);
  napi_wrap(env, handle, all, on_collected, NULL, NULL);
  napi_type_tag_object(env, handle, &calls_tag);
  return handle;
}

static struct calls *read_calls(napi_env env, napi_value value) {
  bool ours;
  void *all;
  if (napi_check_object_type_tag(env, value, &calls_tag, &ours) != napi_ok || !ours ||
      napi_unwrap(env, value, &all) != napi_ok) {
    refuse(env, "handle must be that of blocking calls");
    return NULL;
  }
  return all;
}

napi_value js_callsEvent(napi_env env, napi_callback_info info) {
  napi_value values[1];
  read_arguments(env, info, values, 1);
  struct calls *all = read_calls(env, values[0]);
  if (!all) return NULL;
  if (all->event < 0) all->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return result_or_errno(env, all->event);
}

napi_value js_callsRest(napi_env env, napi_callback_info info) {
  napi_value values[1];
  read_arguments(env, info, values, 1);
  struct calls *all = read_calls(env, values[0]);
  if (!all) return NULL;
  pthread_mutex_lock(&all->lock);
  bool idle = !all->running && !all->finished;
  if (idle && all->event >= 0) close(all->event);
  if (idle) all->event = -1;
  pthread_mutex_unlock(&all->lock);
  return number(env, idle);
}

/* Copies what is to be written; false with an exception or without memory. */
static bool read_data(napi_env env, napi_value value, struct call *call, bool *memory) {
  uint8_t *given = NULL;
  *memory = true;
  if (call->operation == WRITE || call->operation == STORE) {
    if (!read_array(env, value, &given, &call->length)) return false;
  } else {
    uint64_t length;
    if (!read_size(env, value, "length must be an integer >= 0", &length)) return false;
    call->length = length;
  }
  call->data = malloc(call->length ? call->length : 1);
  if (!call->data) *memory = false;
  else if (given) memcpy(call->data, given, call->length);
  return *memory;
}

napi_value js_callsStart(napi_env env, napi_callback_info info) {
  napi_value values[6];
  struct call made = {.result = -EINTR};
  bool memory;
  read_arguments(env, info, values, 6);
  struct calls *all = read_calls(env, values[0]);
  if (!all) return NULL;
  if (all->event < 0) return number(env, -EBADF);
  if (!read_integer(env, values[1], 0, "id must be an integer >= 0", &made.id) ||
      !read_integer(env, values[2], 0, "operation must be an integer >= 0", &made.operation) ||
      !read_fd(env, values[3], &made.fd) ||
      !read_size(env, values[5], "offset must be an integer >= 0", &made.offset)) {
    return NULL;
  }
  if (!read_data(env, values[4], &made, &memory)) return memory ? NULL : number(env, -ENOMEM);
  struct call *call = malloc(sizeof *call);
  if (!call) {
    free(made.data);
    return number(env, -ENOMEM);
  }
  *call = made;
  call->all = all;
  pthread_mutex_lock(&all->lock);
  int status = start(call);
  /* The thread may be there already, and waits to say that it has finished. */
  if (status == 0) {
    call->next = all->running;
    all->running = call;
    all->users++;
    unfinished++;
  }
  pthread_mutex_unlock(&all->lock);
  if (status == 0) return number(env, 0);
  free(call->data);
  free(call);
  return number(env, status);
}

napi_value js_callsCancel(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int32_t id;
  read_arguments(env, info, values, 2);
  struct calls *all = read_calls(env, values[0]);
  if (!all || !read_integer(env, values[1], 0, "id must be an integer >= 0", &id)) return NULL;
  pthread_mutex_lock(&all->lock);
  for (struct call *call = all->running; call; call = call->next) {
    if (call->id != id || (call->operation == CLOSE && !call->closing)) continue;
    /* In this order: a process that has no number yet will look. */
    call->cancelled = true;
    if (call->process > 0) kill(call->process, SIGKILL);
  }
  pthread_mutex_unlock(&all->lock);
  return number(env, 0);
}

napi_value js_callsTake(napi_env env, napi_callback_info info) {
  napi_value values[2], bytes;
  napi_typedarray_type type;
  size_t count;
  void *array, *copy;
  uint64_t events;
  read_arguments(env, info, values, 2);
  struct calls *all = read_calls(env, values[0]);
  if (!all) return NULL;
  if (napi_get_typedarray_info(env, values[1], &type, &count, &array, NULL, NULL) != napi_ok ||
      type != napi_float64_array || count < 4) {
    refuse(env, "out must be a Float64Array of 4 or more");
    return NULL;
  }
  pthread_mutex_lock(&all->lock);
  struct call *call = all->finished;
  if (call) all->finished = call->next;
  else if (read(all->event, &events, sizeof events) < 0) errno = 0;
  pthread_mutex_unlock(&all->lock);
  if (!call) return number(env, 0);
  double *out = array;
  out[0] = call->id;
  out[1] = (double)call->result;
  out[2] = call->file.stx_mode & S_IFMT;
  out[3] = (double)call->file.stx_size;
  size_t length = call->operation == READ && call->result > 0 ? (size_t)call->result : 0;
  if (napi_create_arraybuffer(env, length, &copy, &bytes) == napi_ok && length > 0) memcpy(copy, call->data, length);
  free(call->data);
  free(call);
  return bytes;
}

napi_value js_callsUnderway(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t count = 0;
  read_arguments(env, info, values, 1);
  struct calls *all = read_calls(env, values[0]);
  if (!all) return NULL;
  pthread_mutex_lock(&all->lock);
  for (struct call *call = all->running; call; call = call->next) count += call->process == 0;
  pthread_mutex_unlock(&all->lock);
  return number(env, count);
}

/*
 * When we have ended, a process that is left behind in a call still has our descriptors. So what others wait to see closed
 * is closed before: pipes and Unix sockets. What may block is not, and closes with the last process.
 */
__attribute__((destructor)) static void at_end(void) {
  DIR *open = unfinished > 0 ? opendir("/proc/self/fd") : NULL;
  if (!open) return;
  for (struct dirent *entry; (entry = readdir(open));) {
    int fd = atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != dirfd(open) && !may_block(fd) && family_of(fd) <= AF_UNIX) close(fd);
  }
  closedir(open);
}
