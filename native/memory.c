/* SPDX-License-Identifier: Apache-2.0 */
/* Files as memory: made, sealed, looked at, and mapped for JavaScript. */
#include "native.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL /* Linux 6.3; older headers lack it. */
#define MFD_NOEXEC_SEAL 8U
#endif

/* The kernel's limit for what follows "memfd:" (MFD_NAME_MAX_LEN in its mm/memfd.c). */
#define MEMFD_NAME 249

napi_value js_pageSize(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, (int32_t)sysconf(_SC_PAGESIZE));
}

static int make_memfd(const char *name, uint64_t size) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  /* Before Linux 6.3. Since then it warns of a file that could be executed, or with vm.memfd_noexec=2 refuses it. */
  if (fd < 0 && errno == EINVAL) fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  int status;
  do {
    status = ftruncate(fd, (off_t)size);
  } while (status < 0 && errno == EINTR);
  if (status == 0) return fd;
  status = -errno;
  close(fd);
  return status;
}

napi_value js_memfd(napi_env env, napi_callback_info info) {
  napi_value values[2];
  char name[MEMFD_NAME + 1];
  size_t length;
  uint64_t size;
  read_arguments(env, info, values, 2);
  if (napi_get_value_string_utf8(env, values[0], name, sizeof name, &length) != napi_ok) {
    refuse(env, "name must be a string");
    return NULL;
  }
  if (!read_size(env, values[1], "size must be an integer >= 0", &size)) return NULL;
  return number(env, make_memfd(name, size));
}

napi_value js_addSeals(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t added;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 0, "seals must be an integer >= 0", &added)) {
    return NULL;
  }
  return result_or_errno(env, fcntl(fd, F_ADD_SEALS, added));
}

napi_value js_seals(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  return result_or_errno(env, fcntl(fd, F_GET_SEALS));
}

int look_at(int fd, struct statx *file) {
  return (int)syscall(SYS_statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_SIZE | STATX_INO, file);
}

napi_value js_fileInfo(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  napi_typedarray_type type;
  size_t count;
  void *array;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd)) return NULL;
  if (napi_get_typedarray_info(env, values[1], &type, &count, &array, NULL, NULL) != napi_ok ||
      type != napi_bigint64_array || count < 5) {
    refuse(env, "out must be a BigInt64Array of 5 or more");
    return NULL;
  }
  struct statx file;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || look_at(fd, &file) < 0) return number(env, -errno);
  if (!(file.stx_mode & S_IFMT)) {
    /* A dma-buf is of no type at all, and tells its size this way alone; it does not move its position for it. */
    off_t end = lseek(fd, 0, SEEK_END);
    if (end > 0) file.stx_size = (uint64_t)end;
  }
  int64_t *out = array;
  out[0] = file.stx_mode & S_IFMT;
  out[1] = (int64_t)file.stx_size;
  out[2] = (int64_t)file.stx_dev_major << 32 | file.stx_dev_minor;
  out[3] = (int64_t)file.stx_ino;
  out[4] = flags & O_ACCMODE;
  return number(env, 0);
}

/* Behind an ArrayBuffer. Unmapped by js_unmap, or by the garbage collector when the buffer was forgotten. */
struct mapping {
  void *address; /* NULL once unmapped */
  size_t length;
};

static const napi_type_tag mapping_tag = {0x6d61707065645f62ULL, 0x797465735f70726fULL};

static void unmap(struct mapping *mapping) {
  if (mapping->address) munmap(mapping->address, mapping->length);
  mapping->address = NULL;
}

static void on_collected(napi_env env, void *address, void *mapping) {
  (void)env;
  (void)address;
  unmap(mapping);
  free(mapping);
}

/* A page behind the end of its file raises SIGBUS when it is touched. */
static bool beyond_end(int fd, uint64_t offset, uint64_t length) {
  struct statx file;
  /* A device says itself what can be mapped. */
  return look_at(fd, &file) == 0 && S_ISREG(file.stx_mode) && offset + length > file.stx_size;
}

/* NULL with errno when that cannot be. */
static struct mapping *map(int fd, uint64_t length, uint64_t offset, bool writable) {
  if (beyond_end(fd, offset, length)) {
    errno = ENXIO;
    return NULL;
  }
  struct mapping *mapping = malloc(sizeof *mapping);
  if (!mapping) return NULL;
  mapping->length = length;
  mapping->address = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, (off_t)offset);
  if (mapping->address != MAP_FAILED) return mapping;
  int reason = errno;
  free(mapping);
  errno = reason;
  return NULL;
}

napi_value js_map(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int fd;
  uint64_t length, offset;
  bool writable;
  read_arguments(env, info, values, 4);
  if (!read_fd(env, values[0], &fd) || !read_size(env, values[1], "length must be an integer >= 0", &length) ||
      !read_size(env, values[2], "offset must be an integer >= 0", &offset)) {
    return NULL;
  }
  if (napi_get_value_bool(env, values[3], &writable) != napi_ok) {
    refuse(env, "writable must be a boolean");
    return NULL;
  }
  struct mapping *mapping = map(fd, length, offset, writable);
  if (!mapping) return number(env, -errno);
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, mapping->address, length, on_collected, mapping, &buffer) != napi_ok) {
    unmap(mapping);
    free(mapping);
    return number(env, -ENOTSUP); /* A JavaScript engine that has its memory in a cage. */
  }
  napi_wrap(env, buffer, mapping, NULL, NULL, NULL);
  napi_type_tag_object(env, buffer, &mapping_tag);
  return buffer;
}

napi_value js_unmap(napi_env env, napi_callback_info info) {
  napi_value values[1];
  bool ours;
  void *mapping;
  read_arguments(env, info, values, 1);
  if (napi_check_object_type_tag(env, values[0], &mapping_tag, &ours) != napi_ok || !ours ||
      napi_remove_wrap(env, values[0], &mapping) != napi_ok) {
    refuse(env, "buffer must be a mapped ArrayBuffer");
    return NULL;
  }
  /* The address is taken first: detaching may run on_collected, which frees the rest. */
  struct mapping taken = *(struct mapping *)mapping;
  ((struct mapping *)mapping)->address = NULL;
  napi_detach_arraybuffer(env, values[0]);
  unmap(&taken);
  return number(env, 0);
}

napi_value js_forbidDumps(napi_env env, napi_callback_info info) {
  (void)info;
  return result_or_errno(env, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}
