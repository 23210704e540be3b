/* SPDX-License-Identifier: Apache-2.0 */
/* Hands the addon's functions to Node. */
#include "native.h"

#include <stdlib.h>

#define DESCRIBE(name) {#name, NULL, js_##name, NULL, NULL, NULL, napi_enumerable, NULL},
static const napi_property_descriptor functions[] = {NATIVE_FUNCTIONS(DESCRIBE)};

struct environment *environment_of(napi_env env) {
  void *data = NULL;
  napi_get_instance_data(env, &data);
  return data;
}

static void on_end(napi_env env, void *data, void *hint) {
  struct environment *environment = data;
  (void)env;
  (void)hint;
  free(environment->exchange);
  free(environment);
}

NAPI_MODULE_INIT() {
  struct environment *environment = calloc(1, sizeof *environment);
  if (!environment || napi_set_instance_data(env, environment, on_end, NULL) != napi_ok) {
    free(environment);
    napi_throw_error(env, NULL, "no memory");
    return NULL;
  }
  /* A failure leaves its exception pending, and Node throws it from require(). */
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
