/* SPDX-License-Identifier: Apache-2.0 */
/* Hands the addon's functions to Node. */
#include "native.h"

#define DESCRIBE(name) {#name, NULL, js_##name, NULL, NULL, NULL, napi_enumerable, NULL},
static const napi_property_descriptor functions[] = {NATIVE_FUNCTIONS(DESCRIBE)};

NAPI_MODULE_INIT() {
  /* A failure leaves its exception pending, and Node throws it from require(). */
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
