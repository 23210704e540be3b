/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which another process sees stores to shared memory, for rings as in virtio 1.2 section 2.7. JavaScript
 * orders accesses to a SharedArrayBuffer alone, which mapped memory cannot be.
 */
#include "native.h"

/* Two arguments: a Uint8Array, and where in it an aligned 16-bit number is. */
static bool read_index(napi_env env, const napi_value *values, uint16_t **index) {
  uint8_t *data;
  size_t size;
  uint64_t offset;
  if (!read_array(env, values[0], &data, &size) ||
      !read_size(env, values[1], "offset must be an integer >= 0", &offset)) {
    return false;
  }
  if (size < sizeof **index || offset > size - sizeof **index || (uintptr_t)(data + offset) % sizeof **index) {
    return refuse(env, "offset must be that of an aligned 16-bit number within bytes");
  }
  *index = (uint16_t *)(data + offset);
  return true;
}

napi_value js_loadAcquire16(napi_env env, napi_callback_info info) {
  napi_value values[2];
  uint16_t *index;
  read_arguments(env, info, values, 2);
  if (!read_index(env, values, &index)) return NULL;
  return number(env, __atomic_load_n(index, __ATOMIC_ACQUIRE));
}

napi_value js_storeRelease16(napi_env env, napi_callback_info info) {
  napi_value values[3];
  uint16_t *index;
  int32_t value;
  read_arguments(env, info, values, 3);
  if (!read_index(env, values, &index) ||
      !read_integer(env, values[2], 0, "value must be an integer >= 0", &value)) {
    return NULL;
  }
  __atomic_store_n(index, (uint16_t)value, __ATOMIC_RELEASE);
  return number(env, 0);
}

napi_value js_fullFence(napi_env env, napi_callback_info info) {
  (void)info;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return number(env, 0);
}
