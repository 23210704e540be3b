/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies out of a client's file, and into it. The client can truncate it at any moment, and then touching the mapping
 * raises SIGBUS, which would end the process. So such memory never becomes an ArrayBuffer: this file alone reads and
 * writes it, under a guard.
 */
#include "native.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

/* HUGETLBFS_MAGIC of linux/magic.h, which not every libc brings along. */
#define HUGE_PAGES_FILESYSTEM 0x958458f6UL

struct client_memory {
  void *address; /* NULL: read from fd, if there is one; else the client truncated its file, and nothing is left */
  size_t length;
  bool writable; /* the mapping */
  size_t sealed; /* how many bytes the file can never lose */
  int fd;        /* -1 while it is mapped: a client may have more pools than there are descriptors */
};

static const napi_type_tag memory_tag = {0x636c69656e745f6dULL, 0x656d6f72795f7077ULL};

/* Blocks that are copied by one call. */
#define MAX_BLOCKS 64

/*
 * Rows to copy: of a client's memory, as distances from its start, and of ours, which is known to have room for them.
 */
struct rows {
  uint8_t *ours;
  uint64_t client, row_bytes, count, client_stride, our_stride;
  bool inward; /* from ours to the client's */
};

/*
 * One guard for the whole process, as there is one action for SIGBUS. That is in place while there is any mapping of
 * a client's, since to change it for each copy costs more than most copies. So nothing stays behind when a worker
 * thread unloads the addon. What the guard is for is set during a copy alone, and nobody else's faults are ours.
 * Volatile: the handler runs where the compiler expects no call.
 */
static pthread_mutex_t guard_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  pthread_t thread;
  volatile uintptr_t start, end;
  uintptr_t page_size;
  volatile bool tripped;
  struct sigaction previous;
  size_t mappings;
} guard;

/* Puts memory of nobody's in place of what is missing; the copy then goes on from the instruction that was hit. */
static void on_sigbus(int signal, siginfo_t *info, void *context) {
  (void)context;
  int reason = errno;
  uintptr_t address = (uintptr_t)info->si_addr;
  bool ours = info->si_code > 0 && pthread_equal(guard.thread, pthread_self()) && address >= guard.start &&
              address < guard.end;
  /* All behind it is missing, too; what is before it comes here again if it is, as memcpy may read the end first. */
  void *missing = (void *)(address & ~(guard.page_size - 1));
  if (ours && mmap(missing, guard.end - (uintptr_t)missing, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
    guard.tripped = true;
  } else if (guard.previous.sa_flags & SA_SIGINFO) {
    guard.previous.sa_sigaction(signal, info, context);
  } else if (guard.previous.sa_handler != SIG_DFL && guard.previous.sa_handler != SIG_IGN) {
    guard.previous.sa_handler(signal);
  } else {
    /* What would have happened without us: the fault comes again, a signal that somebody sent does not by itself. */
    sigaction(signal, &guard.previous, NULL);
    if (info->si_code <= 0) raise(signal);
  }
  errno = reason;
}

/* There is one more mapping of a client's. */
static void begin_to_guard(void) {
  struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  pthread_mutex_lock(&guard_lock);
  guard.page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  if (guard.mappings++ == 0) sigaction(SIGBUS, &action, &guard.previous);
  pthread_mutex_unlock(&guard_lock);
}

/* Notes that there is one mapping less. An action of other code is left alone. */
static void cease_to_guard(void) {
  struct sigaction current;
  pthread_mutex_lock(&guard_lock);
  if (--guard.mappings == 0 && sigaction(SIGBUS, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) &&
      current.sa_sigaction == on_sigbus) {
    sigaction(SIGBUS, &guard.previous, NULL);
  }
  pthread_mutex_unlock(&guard_lock);
}

static void copy(const struct rows *rows, uint8_t *client) {
  uint8_t *target = rows->inward ? client : rows->ours;
  const uint8_t *source = rows->inward ? rows->ours : client;
  if (rows->row_bytes == rows->client_stride && rows->row_bytes == rows->our_stride) {
    memcpy(target, source, rows->row_bytes * rows->count);
    return;
  }
  uint64_t target_stride = rows->inward ? rows->client_stride : rows->our_stride;
  uint64_t source_stride = rows->inward ? rows->our_stride : rows->client_stride;
  for (uint64_t row = 0; row < rows->count; row++) {
    memcpy(target, source, rows->row_bytes);
    target += target_stride;
    source += source_stride;
  }
}

static void copy_blocks(const struct client_memory *memory, const struct rows *blocks, size_t count) {
  for (size_t i = 0; i < count; i++) copy(blocks + i, (uint8_t *)memory->address + blocks[i].client);
}

/* Returns whether the file was there to the end of the copy. */
static bool copy_guarded(const struct client_memory *memory, const struct rows *blocks, size_t count) {
  pthread_mutex_lock(&guard_lock);
  guard.thread = pthread_self();
  guard.start = (uintptr_t)memory->address;
  guard.end = guard.start + memory->length;
  guard.tripped = false;
  /* The handler runs between these. */
  atomic_signal_fence(memory_order_seq_cst);
  copy_blocks(memory, blocks, count);
  atomic_signal_fence(memory_order_seq_cst);
  guard.start = guard.end = 0;
  bool complete = !guard.tripped;
  pthread_mutex_unlock(&guard_lock);
  return complete;
}

/* Reads what there is and puts zeros in place of the rest. Returns whether all was there. */
static bool read_row(int fd, uint8_t *target, uint64_t length, uint64_t offset) {
  while (length > 0) {
    ssize_t count = pread(fd, target, length, (off_t)offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      memset(target, 0, length);
      return false;
    }
    target += count;
    length -= (uint64_t)count;
    offset += (uint64_t)count;
  }
  return true;
}

static bool read_rows(const struct client_memory *memory, const struct rows *rows) {
  if (rows->row_bytes == rows->client_stride && rows->row_bytes == rows->our_stride) {
    return read_row(memory->fd, rows->ours, rows->row_bytes * rows->count, rows->client);
  }
  bool complete = true;
  for (uint64_t row = 0; row < rows->count; row++) {
    complete &= read_row(memory->fd, rows->ours + row * rows->our_stride, rows->row_bytes,
                         rows->client + row * rows->client_stride);
  }
  return complete;
}

static void clear_rows(const struct rows *rows) {
  for (uint64_t row = 0; row < rows->count; row++) {
    memset(rows->ours + row * rows->our_stride, 0, rows->row_bytes);
  }
}

static void release(struct client_memory *memory) {
  if (memory->address) {
    munmap(memory->address, memory->length);
    cease_to_guard();
  }
  if (memory->fd >= 0) close(memory->fd);
  memory->address = NULL;
  memory->fd = -1;
}

/* Without a mapping: reads, if there is a file, or there is nothing any more. */
static bool read_blocks(const struct client_memory *memory, const struct rows *blocks, size_t count) {
  bool complete = memory->fd >= 0;
  for (size_t i = 0; i < count; i++) {
    if (memory->fd < 0) clear_rows(blocks + i);
    else complete &= read_rows(memory, blocks + i);
  }
  return complete;
}

/* `end` is where the last of the blocks ends in the client's memory. */
static bool copy_out(struct client_memory *memory, const struct rows *blocks, size_t count, uint64_t end) {
  if (memory->address && end <= memory->sealed) {
    copy_blocks(memory, blocks, count);
    return true;
  }
  if (memory->address ? copy_guarded(memory, blocks, count) : read_blocks(memory, blocks, count)) return true;
  release(memory);
  return false;
}

static int copy_in(struct client_memory *memory, const struct rows *rows, uint64_t end) {
  if (!memory->address) return memory->fd < 0 ? 0 : -EACCES;
  if (!memory->writable) return -EACCES;
  if (end <= memory->sealed) {
    copy_blocks(memory, rows, 1);
    return 1;
  }
  if (copy_guarded(memory, rows, 1)) return 1;
  release(memory);
  return 0;
}

/* From huge pages a mapping cannot be replaced at any length, which the guard must be able to do. */
static bool has_huge_pages(int fd) {
  struct statfs filesystem;
  return fstatfs(fd, &filesystem) == 0 && (uint32_t)filesystem.f_type == HUGE_PAGES_FILESYSTEM;
}

/* F_SEAL_SHRINK keeps what the file has now; it can have less than the client says. */
static size_t sealed_size(int fd) {
  struct statx file;
  int seals = fcntl(fd, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) && look_at(fd, &file) == 0 ? (size_t)file.stx_size : 0;
}

/* Maps the file. If that fails for a regular file, as on some network filesystems, it is read instead. */
static int open_memory(struct client_memory *memory, int fd, size_t length) {
  *memory = (struct client_memory){.length = length, .sealed = sealed_size(fd), .fd = -1};
  int reason = ENODEV;
  if (!has_huge_pages(fd)) {
    /* libwayland wants to write, too; a file for reading alone is enough for nearly everything here. */
    void *address = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    memory->writable = address != MAP_FAILED;
    if (!memory->writable) address = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0);
    if (address != MAP_FAILED) {
      memory->address = address;
      begin_to_guard();
      return 0;
    }
    reason = errno;
  }
  struct statx file;
  if (look_at(fd, &file) < 0 || !S_ISREG(file.stx_mode) || pread(fd, memory, 0, 0) < 0) return -reason;
  memory->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return memory->fd < 0 ? -errno : 0;
}

static void on_collected(napi_env env, void *memory, void *hint) {
  (void)env;
  (void)hint;
  release(memory);
  free(memory);
}

static bool read_length(napi_env env, napi_value value, uint64_t *length) {
  if (!read_size(env, value, "length must be an integer >= 1", length)) return false;
  return (*length > 0 && *length <= PTRDIFF_MAX) || refuse(env, "length must be an integer >= 1");
}

napi_value js_clientMap(napi_env env, napi_callback_info info) {
  napi_value values[2], handle;
  int fd;
  uint64_t length;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_length(env, values[1], &length)) return NULL;
  struct client_memory *memory = malloc(sizeof *memory);
  if (!memory) return number(env, -ENOMEM);
  int status = open_memory(memory, fd, length);
  if (status < 0) {
    free(memory);
    return number(env, status);
  }
  napi_create_object(env, &handle);
  napi_wrap(env, handle, memory, on_collected, NULL, NULL);
  napi_type_tag_object(env, handle, &memory_tag);
  return handle;
}

static struct client_memory *read_memory(napi_env env, napi_value value) {
  bool ours;
  void *memory;
  if (napi_check_object_type_tag(env, value, &memory_tag, &ours) != napi_ok || !ours ||
      napi_unwrap(env, value, &memory) != napi_ok) {
    refuse(env, "handle must be that of client memory in use");
    return NULL;
  }
  return memory;
}

napi_value js_clientResize(napi_env env, napi_callback_info info) {
  napi_value values[2];
  uint64_t length;
  read_arguments(env, info, values, 2);
  struct client_memory *memory = read_memory(env, values[0]);
  if (!memory || !read_length(env, values[1], &length)) return NULL;
  if (memory->address) {
    void *moved = mremap(memory->address, memory->length, length, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) return number(env, -errno);
    memory->address = moved;
  }
  memory->length = length;
  return number(env, 0);
}

/* Where the last of the rows ends, or false when that is beyond any number. */
static bool end_of(uint64_t offset, const struct rows *rows, uint64_t stride, uint64_t *end) {
  return !__builtin_mul_overflow(rows->count - 1, stride, end) && !__builtin_add_overflow(*end, offset, end) &&
         !__builtin_add_overflow(*end, rows->row_bytes, end);
}

static napi_value transfer(napi_env env, napi_callback_info info, bool inward) {
  napi_value values[8];
  struct rows rows = {.inward = inward};
  size_t size;
  uint64_t offset, our_end, client_end;
  read_arguments(env, info, values, 8);
  struct client_memory *memory = read_memory(env, values[0]);
  if (!memory || !read_array(env, values[1], &rows.ours, &size) ||
      !read_size(env, values[2], "offset must be an integer >= 0", &offset) ||
      !read_size(env, values[3], "clientOffset must be an integer >= 0", &rows.client) ||
      !read_size(env, values[4], "rowBytes must be an integer >= 0", &rows.row_bytes) ||
      !read_size(env, values[5], "rows must be an integer >= 0", &rows.count) ||
      !read_size(env, values[6], "clientStride must be an integer >= 0", &rows.client_stride) ||
      !read_size(env, values[7], "stride must be an integer >= 0", &rows.our_stride)) {
    return NULL;
  }
  if (rows.count == 0 || rows.row_bytes == 0) return number(env, 1);
  if (!end_of(offset, &rows, rows.our_stride, &our_end) || our_end > size) {
    refuse(env, "the rows must lie within the bytes");
    return NULL;
  }
  if (!end_of(rows.client, &rows, rows.client_stride, &client_end) || client_end > memory->length) {
    refuse(env, "the rows must lie within the client's memory");
    return NULL;
  }
  rows.ours += offset;
  return number(env, inward ? copy_in(memory, &rows, client_end) : copy_out(memory, &rows, 1, client_end));
}

napi_value js_clientCopy(napi_env env, napi_callback_info info) { return transfer(env, info, false); }

/* What a block consists of in an array of numbers: where its first row begins, how long each is, and how many there are. */
enum { START, ROW_BYTES, ROWS, BLOCK_NUMBERS };

static bool is_size(double number) {
  return number >= 0 && number < 0x1p53 && (double)(uint64_t)number == number;
}

/* A block in memory of `size` bytes of ours, and at that offset in the client's, which has `length`. */
static bool read_block(const double *numbers, struct rows *rows, size_t size, uint64_t offset, uint64_t length) {
  uint64_t our_end, client_end;
  if (!is_size(numbers[START]) || !is_size(numbers[ROW_BYTES]) || !is_size(numbers[ROWS])) return false;
  uint64_t start = (uint64_t)numbers[START];
  rows->row_bytes = (uint64_t)numbers[ROW_BYTES];
  rows->count = (uint64_t)numbers[ROWS];
  if (rows->count == 0 || rows->row_bytes == 0) return false;
  if (!end_of(start, rows, rows->our_stride, &our_end) || our_end > size) return false;
  rows->client = offset + start;
  if (!end_of(rows->client, rows, rows->client_stride, &client_end) || client_end > length) return false;
  rows->ours += start;
  return true;
}

napi_value js_clientCopyBlocks(napi_env env, napi_callback_info info) {
  napi_value values[6];
  struct rows blocks[MAX_BLOCKS];
  uint8_t *ours;
  double *numbers;
  size_t size, room;
  uint64_t offset, stride, end = 0;
  int32_t count;
  read_arguments(env, info, values, 6);
  struct client_memory *memory = read_memory(env, values[0]);
  if (!memory || !read_array(env, values[1], &ours, &size) ||
      !read_size(env, values[2], "clientOffset must be an integer >= 0", &offset) ||
      !read_size(env, values[3], "stride must be an integer >= 0", &stride) ||
      !read_doubles(env, values[4], 0, "blocks must be a Float64Array", &numbers, &room) ||
      !read_integer(env, values[5], 0, "count must be an integer >= 0", &count)) {
    return NULL;
  }
  if (count > MAX_BLOCKS || (size_t)count * BLOCK_NUMBERS > room) {
    refuse(env, "count must be that of blocks, and at most 64");
    return NULL;
  }
  for (int32_t i = 0; i < count; i++) {
    blocks[i] = (struct rows){.ours = ours, .client_stride = stride, .our_stride = stride};
    if (!read_block(numbers + (size_t)i * BLOCK_NUMBERS, blocks + i, size, offset, memory->length)) {
      refuse(env, "the blocks must lie within the bytes and the client's memory");
      return NULL;
    }
    uint64_t block_end = blocks[i].client + (blocks[i].count - 1) * stride + blocks[i].row_bytes;
    if (block_end > end) end = block_end;
  }
  return number(env, count == 0 || copy_out(memory, blocks, (size_t)count, end));
}

napi_value js_clientStore(napi_env env, napi_callback_info info) { return transfer(env, info, true); }

napi_value js_clientUnmap(napi_env env, napi_callback_info info) {
  napi_value values[1];
  read_arguments(env, info, values, 1);
  struct client_memory *memory = read_memory(env, values[0]);
  if (!memory) return NULL;
  napi_remove_wrap(env, values[0], NULL);
  release(memory);
  free(memory);
  return number(env, 0);
}
