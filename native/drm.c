/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function for each ioctl of Linux's virtio-gpu driver that the guest's side needs. The structures and numbers
 * are the kernel's ABI (its include/uapi/drm/drm.h, virtgpu_drm.h and linux/dma-buf.h). They are written down here
 * because not every distribution installs those headers with the compiler; the assertions below keep them what they
 * are.
 */
#include "native.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct version {
  int32_t major, minor, patch;
  size_t name_length;
  char *name;
  size_t date_length;
  char *date;
  size_t description_length;
  char *description;
};

struct gem_close {
  uint32_t handle, pad;
};

struct prime_handle {
  uint32_t handle, flags;
  int32_t fd;
};

struct virtgpu_map {
  uint64_t offset;
  uint32_t handle, pad;
};

struct virtgpu_execbuffer {
  uint32_t flags, size;
  uint64_t command, handles;
  uint32_t handle_count;
  int32_t fence_fd;
  uint32_t ring, pad;
};

struct virtgpu_getparam {
  uint64_t param, value;
};

struct virtgpu_resource_info {
  uint32_t handle, resource, size, memory;
};

struct virtgpu_get_caps {
  uint32_t id, version;
  uint64_t address;
  uint32_t size, pad;
};

struct virtgpu_create_blob {
  uint32_t memory, flags, handle, resource;
  uint64_t size;
  uint32_t pad, command_size;
  uint64_t command, blob_id;
};

struct virtgpu_context_param {
  uint64_t key, value;
};

struct virtgpu_context_init {
  uint32_t param_count, pad;
  uint64_t params;
};

struct sync_file {
  uint32_t flags;
  int32_t fd;
};

struct event {
  uint32_t type, length;
};

#define VERSION _IOWR('d', 0x00, struct version)
#define GEM_CLOSE _IOW('d', 0x09, struct gem_close)
#define PRIME_HANDLE_TO_FD _IOWR('d', 0x2d, struct prime_handle)
#define PRIME_FD_TO_HANDLE _IOWR('d', 0x2e, struct prime_handle)
#define VIRTGPU_MAP _IOWR('d', 0x41, struct virtgpu_map)
#define VIRTGPU_EXECBUFFER _IOWR('d', 0x42, struct virtgpu_execbuffer)
#define VIRTGPU_GETPARAM _IOWR('d', 0x43, struct virtgpu_getparam)
#define VIRTGPU_RESOURCE_INFO _IOWR('d', 0x45, struct virtgpu_resource_info)
#define VIRTGPU_GET_CAPS _IOWR('d', 0x49, struct virtgpu_get_caps)
#define VIRTGPU_CREATE_BLOB _IOWR('d', 0x4a, struct virtgpu_create_blob)
#define VIRTGPU_CONTEXT_INIT _IOWR('d', 0x4b, struct virtgpu_context_init)
#define DMA_BUF_EXPORT_SYNC_FILE _IOWR('b', 2, struct sync_file)

enum {
  EXECBUFFER_FENCE_FD_OUT = 2,
  EXECBUFFER_RING = 4,
  /* The kernel takes three; more is for its successors to refuse. */
  CONTEXT_PARAMS = 8,
  /* As much as the kernel keeps for one open file. */
  EVENT_BYTES = 4096,
};
#define EVENT_FENCE_SIGNALED 0x90000000u

#define LAID_OUT(type, size, field, offset)                                                                         \
  _Static_assert(sizeof(struct type) == (size) && offsetof(struct type, field) == (offset), #type "." #field)
LAID_OUT(prime_handle, 12, fd, 8);
LAID_OUT(virtgpu_map, 16, handle, 8);
LAID_OUT(virtgpu_execbuffer, 40, command, 8);
LAID_OUT(virtgpu_execbuffer, 40, handles, 16);
LAID_OUT(virtgpu_execbuffer, 40, handle_count, 24);
LAID_OUT(virtgpu_execbuffer, 40, fence_fd, 28);
LAID_OUT(virtgpu_execbuffer, 40, ring, 32);
LAID_OUT(virtgpu_getparam, 16, value, 8);
LAID_OUT(virtgpu_resource_info, 16, resource, 4);
LAID_OUT(virtgpu_resource_info, 16, memory, 12);
LAID_OUT(virtgpu_get_caps, 24, address, 8);
LAID_OUT(virtgpu_get_caps, 24, size, 16);
LAID_OUT(virtgpu_create_blob, 48, handle, 8);
LAID_OUT(virtgpu_create_blob, 48, resource, 12);
LAID_OUT(virtgpu_create_blob, 48, size, 16);
LAID_OUT(virtgpu_create_blob, 48, command_size, 28);
LAID_OUT(virtgpu_create_blob, 48, command, 32);
LAID_OUT(virtgpu_create_blob, 48, blob_id, 40);
LAID_OUT(virtgpu_context_param, 16, value, 8);
LAID_OUT(virtgpu_context_init, 16, params, 8);
LAID_OUT(sync_file, 8, fd, 4);
LAID_OUT(event, 8, length, 4);
#ifdef __LP64__
LAID_OUT(version, 64, name_length, 16);
LAID_OUT(version, 64, name, 24);
LAID_OUT(version, 64, description, 56);
#if _IOC_WRITE == 1 /* Elsewhere (powerpc, mips) the same requests have other numbers. */
_Static_assert(VERSION == 0xc0406400, "version");
_Static_assert(GEM_CLOSE == 0x40086409, "gem_close");
_Static_assert(PRIME_HANDLE_TO_FD == 0xc00c642d, "prime_handle_to_fd");
_Static_assert(PRIME_FD_TO_HANDLE == 0xc00c642e, "prime_fd_to_handle");
_Static_assert(VIRTGPU_MAP == 0xc0106441, "map");
_Static_assert(VIRTGPU_EXECBUFFER == 0xc0286442, "execbuffer");
_Static_assert(VIRTGPU_GETPARAM == 0xc0106443, "getparam");
_Static_assert(VIRTGPU_RESOURCE_INFO == 0xc0106445, "resource_info");
_Static_assert(VIRTGPU_GET_CAPS == 0xc0186449, "get_caps");
_Static_assert(VIRTGPU_CREATE_BLOB == 0xc030644a, "create_blob");
_Static_assert(VIRTGPU_CONTEXT_INIT == 0xc010644b, "context_init");
_Static_assert(DMA_BUF_EXPORT_SYNC_FILE == 0xc0086202, "export_sync_file");
#endif
#endif

/* The kernel's address of memory of ours. */
static uint64_t address_of(const void *memory) {
  return (uint64_t)(uintptr_t)memory;
}

/* 0 or -errno. EAGAIN, too, means to call again, as drmIoctl of libdrm does. */
static int request(int fd, unsigned long number, void *argument) {
  int status;
  do {
    status = ioctl(fd, number, argument);
  } while (status < 0 && (errno == EINTR || errno == EAGAIN));
  return status < 0 ? -errno : 0;
}

static bool read_handle(napi_env env, napi_value value, uint32_t *handle) {
  int32_t number;
  if (!read_integer(env, value, 0, "handle must be an integer >= 0", &number)) return false;
  *handle = (uint32_t)number;
  return true;
}

static bool read_bits(napi_env env, napi_value value, uint32_t *flags) {
  int32_t number;
  if (!read_integer(env, value, 0, "flags must be an integer >= 0", &number)) return false;
  *flags = (uint32_t)number;
  return true;
}

static bool read_flag(napi_env env, napi_value value, const char *complaint, bool *flag) {
  return napi_get_value_bool(env, value, flag) == napi_ok || refuse(env, complaint);
}

napi_value js_drmVersion(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  uint8_t *name;
  size_t size;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_array(env, values[1], &name, &size)) return NULL;
  struct version version = {.name_length = size, .name = (char *)name};
  int status = request(fd, VERSION, &version);
  return number(env, status < 0 ? status : (int32_t)(version.name_length < size ? version.name_length : size));
}

napi_value js_drmGetParam(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t param;
  uint64_t value = 0; /* The kernel stores 32 bits. */
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 0, "param must be an integer >= 0", &param)) {
    return NULL;
  }
  struct virtgpu_getparam getparam = {.param = (uint32_t)param, .value = address_of(&value)};
  int status = request(fd, VIRTGPU_GETPARAM, &getparam);
  uint32_t stored;
  memcpy(&stored, &value, sizeof stored);
  return status < 0 ? number(env, status) : large_number(env, stored);
}

napi_value js_drmGetCaps(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int fd;
  int32_t id, version;
  uint8_t *data;
  size_t size;
  read_arguments(env, info, values, 4);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 0, "id must be an integer >= 0", &id) ||
      !read_integer(env, values[2], 0, "version must be an integer >= 0", &version) ||
      !read_array(env, values[3], &data, &size)) {
    return NULL;
  }
  struct virtgpu_get_caps caps = {(uint32_t)id, (uint32_t)version, address_of(data), (uint32_t)size, 0};
  return number(env, request(fd, VIRTGPU_GET_CAPS, &caps));
}

napi_value js_drmContextInit(napi_env env, napi_callback_info info) {
  napi_value values[3];
  int fd;
  int32_t count, *pairs;
  read_arguments(env, info, values, 3);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[2], 0, "count must be an integer >= 0", &count)) {
    return NULL;
  }
  if (count > CONTEXT_PARAMS) {
    refuse(env, "count must be at most 8");
    return NULL;
  }
  if (!read_integers(env, values[1], 2 * (size_t)count, "params must be an Int32Array of count pairs", &pairs, NULL)) {
    return NULL;
  }
  struct virtgpu_context_param params[CONTEXT_PARAMS];
  for (int32_t i = 0; i < count; i++) {
    params[i] = (struct virtgpu_context_param){(uint32_t)pairs[2 * i], (uint32_t)pairs[2 * i + 1]};
  }
  struct virtgpu_context_init init = {.param_count = (uint32_t)count, .params = address_of(params)};
  return number(env, request(fd, VIRTGPU_CONTEXT_INIT, &init));
}

napi_value js_drmCreateBlob(napi_env env, napi_callback_info info) {
  napi_value values[6];
  int fd;
  int32_t memory, *out;
  struct virtgpu_create_blob blob = {0};
  read_arguments(env, info, values, 6);
  if (!read_fd(env, values[0], &fd) || !read_integer(env, values[1], 0, "memory must be an integer >= 0", &memory) ||
      !read_bits(env, values[2], &blob.flags) ||
      !read_size(env, values[3], "size must be an integer >= 0", &blob.size) ||
      !read_size(env, values[4], "blobId must be an integer >= 0", &blob.blob_id) ||
      !read_integers(env, values[5], 2, "out must be an Int32Array of 2 or more", &out, NULL)) {
    return NULL;
  }
  blob.memory = (uint32_t)memory;
  int status = request(fd, VIRTGPU_CREATE_BLOB, &blob);
  if (status < 0) return number(env, status);
  out[0] = (int32_t)blob.handle;
  out[1] = (int32_t)blob.resource;
  return number(env, 0);
}

napi_value js_drmMapOffset(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  struct virtgpu_map map = {0};
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_handle(env, values[1], &map.handle)) return NULL;
  int status = request(fd, VIRTGPU_MAP, &map);
  return status < 0 ? number(env, status) : large_number(env, map.offset);
}

napi_value js_drmExecbuffer(napi_env env, napi_callback_info info) {
  napi_value values[8];
  int fd;
  uint8_t *command;
  size_t length;
  int32_t ring, count, *handles = NULL;
  bool fence;
  read_arguments(env, info, values, 8);
  if (!read_fd(env, values[0], &fd) || !read_bytes(env, values + 1, &command, &length) ||
      !read_integer(env, values[4], -1, "ring must be an integer >= -1", &ring) ||
      !read_integer(env, values[6], 0, "count must be an integer >= 0", &count) ||
      !read_integers(env, values[5], (size_t)count, "handles must be an Int32Array of count or more", &handles, NULL) ||
      !read_flag(env, values[7], "fence must be a boolean", &fence)) {
    return NULL;
  }
  struct virtgpu_execbuffer execbuffer = {
      .flags = (fence ? EXECBUFFER_FENCE_FD_OUT : 0) | (ring >= 0 ? EXECBUFFER_RING : 0),
      .size = (uint32_t)length,
      .command = address_of(command),
      .handles = count > 0 ? address_of(handles) : 0,
      .handle_count = (uint32_t)count,
      .fence_fd = -1,
      .ring = ring >= 0 ? (uint32_t)ring : 0,
  };
  int status = request(fd, VIRTGPU_EXECBUFFER, &execbuffer);
  return number(env, status == 0 && fence ? execbuffer.fence_fd : status);
}

napi_value js_drmResourceInfo(napi_env env, napi_callback_info info) {
  napi_value values[3];
  int fd;
  int32_t *out;
  struct virtgpu_resource_info resource = {0};
  read_arguments(env, info, values, 3);
  if (!read_fd(env, values[0], &fd) || !read_handle(env, values[1], &resource.handle) ||
      !read_integers(env, values[2], 3, "out must be an Int32Array of 3 or more", &out, NULL)) {
    return NULL;
  }
  int status = request(fd, VIRTGPU_RESOURCE_INFO, &resource);
  if (status < 0) return number(env, status);
  out[0] = (int32_t)resource.resource;
  out[1] = (int32_t)resource.size;
  out[2] = (int32_t)resource.memory;
  return number(env, 0);
}

napi_value js_drmHandleToFd(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  struct prime_handle prime = {.flags = O_CLOEXEC | O_RDWR, .fd = -1};
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_handle(env, values[1], &prime.handle)) return NULL;
  int status = request(fd, PRIME_HANDLE_TO_FD, &prime);
  return number(env, status < 0 ? status : prime.fd);
}

napi_value js_drmFdToHandle(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  struct prime_handle prime = {0};
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_fd(env, values[1], &prime.fd)) return NULL;
  int status = request(fd, PRIME_FD_TO_HANDLE, &prime);
  return status < 0 ? number(env, status) : large_number(env, prime.handle);
}

napi_value js_drmGemClose(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  struct gem_close gem_close = {0};
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_handle(env, values[1], &gem_close.handle)) return NULL;
  return number(env, request(fd, GEM_CLOSE, &gem_close));
}

napi_value js_drmReadEvents(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  if (make_nonblocking(fd) < 0) return number(env, -errno);
  char events[EVENT_BYTES];
  ssize_t length;
  do {
    length = read(fd, events, sizeof events);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return number(env, -errno);
  /* Whole events come, of any type and length; the length is the kernel's, but a loop must not hang on it. */
  int32_t signaled = 0;
  struct event event;
  for (size_t at = 0; (size_t)length - at >= sizeof event; at += event.length) {
    memcpy(&event, events + at, sizeof event);
    signaled += event.type == EVENT_FENCE_SIGNALED;
    if (event.length < sizeof event || event.length > (size_t)length - at) break;
  }
  return number(env, signaled);
}

napi_value js_exportSyncFile(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  struct sync_file file = {.fd = -1};
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_bits(env, values[1], &file.flags)) return NULL;
  int status = request(fd, DMA_BUF_EXPORT_SYNC_FILE, &file);
  return number(env, status < 0 ? status : file.fd);
}
