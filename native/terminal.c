/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals: for programs, the end that plays the user; and the mode of our own. */
#include "native.h"

#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

napi_value js_terminalUnlock(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  int locked = 0;
  int terminal = 0;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &fd)) return NULL;
  if (ioctl(fd, TIOCSPTLCK, &locked) < 0) return number(env, -errno);
  return result_or_errno(env, ioctl(fd, TIOCGPTN, &terminal) < 0 ? -1 : terminal);
}

napi_value js_terminalResize(napi_env env, napi_callback_info info) {
  napi_value values[3];
  int fd;
  int32_t columns;
  int32_t rows;
  read_arguments(env, info, values, 3);
  if (!read_fd(env, values[0], &fd)) return NULL;
  if (!read_integer(env, values[1], 0, "columns must be a whole number", &columns)) return NULL;
  if (!read_integer(env, values[2], 0, "rows must be a whole number", &rows)) return NULL;
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return result_or_errno(env, ioctl(fd, TIOCSWINSZ, &size));
}

napi_value js_terminalRaw(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  uint8_t *saved;
  size_t size;
  struct termios modes;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_array(env, values[1], &saved, &size)) return NULL;
  if (size < sizeof modes) return number(env, -EINVAL);
  if (tcgetattr(fd, &modes) < 0) return number(env, -errno);
  memcpy(saved, &modes, sizeof modes);
  cfmakeraw(&modes);
  return result_or_errno(env, tcsetattr(fd, TCSANOW, &modes));
}

napi_value js_terminalRestore(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  uint8_t *saved;
  size_t size;
  struct termios modes;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_array(env, values[1], &saved, &size)) return NULL;
  if (size < sizeof modes) return number(env, -EINVAL);
  memcpy(&modes, saved, sizeof modes);
  return result_or_errno(env, tcsetattr(fd, TCSANOW, &modes));
}
