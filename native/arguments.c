/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments from JavaScript, checked; results to it. */
#include "native.h"

bool refuse(napi_env env, const char *complaint) {
  napi_throw_type_error(env, NULL, complaint);
  return false;
}

void read_arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count) {
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
}

bool read_integer(napi_env env, napi_value value, int32_t least, const char *complaint, int32_t *result) {
  /* Not napi_get_value_int32: it turns 1.5 into 1 and 2^32 into 0. */
  double wide;
  if (napi_get_value_double(env, value, &wide) != napi_ok || !(wide >= least && wide <= INT32_MAX)) {
    return refuse(env, complaint);
  }
  *result = (int32_t)wide;
  return *result == wide || refuse(env, complaint);
}

bool read_fd(napi_env env, napi_value value, int *fd) {
  return read_integer(env, value, 0, "fd must be an integer >= 0", fd);
}

bool read_size(napi_env env, napi_value value, const char *complaint, uint64_t *result) {
  double wide;
  if (napi_get_value_double(env, value, &wide) != napi_ok || !(wide >= 0 && wide < 0x1p53)) {
    return refuse(env, complaint);
  }
  *result = (uint64_t)wide;
  return (double)*result == wide || refuse(env, complaint);
}

bool read_array(napi_env env, napi_value value, uint8_t **data, size_t *size) {
  napi_typedarray_type type;
  void *start;
  if (napi_get_typedarray_info(env, value, &type, size, &start, NULL, NULL) != napi_ok || type != napi_uint8_array) {
    return refuse(env, "bytes must be a Uint8Array");
  }
  *data = start;
  return true;
}

bool read_bytes(napi_env env, const napi_value *values, uint8_t **data, size_t *length) {
  uint8_t *start;
  size_t size;
  uint64_t offset;
  int32_t wanted;
  if (!read_array(env, values[0], &start, &size) ||
      !read_size(env, values[1], "offset must be an integer >= 0", &offset) ||
      !read_integer(env, values[2], 1, "length must be an integer >= 1", &wanted)) {
    return false;
  }
  if (offset > size || (size_t)wanted > size - offset) {
    return refuse(env, "offset and length must lie within bytes");
  }
  *data = start + offset;
  *length = (size_t)wanted;
  return true;
}

bool read_integers(napi_env env, napi_value value, size_t least, const char *complaint, int32_t **data, size_t *size) {
  napi_typedarray_type type;
  void *start;
  size_t length;
  if (napi_get_typedarray_info(env, value, &type, &length, &start, NULL, NULL) != napi_ok ||
      type != napi_int32_array || length < least) {
    return refuse(env, complaint);
  }
  *data = start;
  if (size) *size = length;
  return true;
}

bool read_doubles(napi_env env, napi_value value, size_t least, const char *complaint, double **data, size_t *size) {
  napi_typedarray_type type;
  void *start;
  size_t length;
  if (napi_get_typedarray_info(env, value, &type, &length, &start, NULL, NULL) != napi_ok ||
      type != napi_float64_array || length < least) {
    return refuse(env, complaint);
  }
  *data = start;
  if (size) *size = length;
  return true;
}

napi_value number(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value large_number(napi_env env, uint64_t value) {
  napi_value result = NULL;
  napi_create_double(env, (double)value, &result);
  return result;
}

napi_value result_or_errno(napi_env env, int result) {
  return number(env, result < 0 ? -errno : result);
}
