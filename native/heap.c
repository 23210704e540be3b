/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that malloc has from the system. V8 compiles with it in several threads, and glibc gives each its own. */
#include "native.h"

#include <malloc.h>

/* Not in every libc: musl keeps little by itself, and does not have them. */
__attribute__((weak)) int mallopt(int parameter, int value);
__attribute__((weak)) int malloc_trim(size_t pad);

/* What glibc begins with. It raises both as soon as something larger is freed, up to 64 MiB, unless they are set. */
#define KEPT_BYTES (128 * 1024)

napi_value js_heapLimit(napi_env env, napi_callback_info info) {
  (void)info;
  if (mallopt) mallopt(M_TRIM_THRESHOLD, KEPT_BYTES), mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
  return number(env, 0);
}

napi_value js_heapTrim(napi_env env, napi_callback_info info) {
  (void)info;
  if (malloc_trim) malloc_trim(0);
  return number(env, 0);
}
