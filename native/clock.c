/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that goes on while the machine sleeps, which Node does not give. */
#include "native.h"

#include <time.h>

napi_value js_bootTime(napi_env env, napi_callback_info info) {
  (void)info;
  struct timespec now;
  napi_value result = NULL;
  if (clock_gettime(CLOCK_BOOTTIME, &now) < 0) return number(env, -errno);
  napi_create_double(env, (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6, &result);
  return result;
}
