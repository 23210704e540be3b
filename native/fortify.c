/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What _FORTIFY_SOURCE calls in the place of a function that fills a buffer whose size the compiler knows. glibc has these
 * and musl has not, and the addon is to load with either, so it brings its own. Too much ends the process.
 */
#undef _FORTIFY_SOURCE /* Here the functions themselves are meant. */
#include <string.h>
#include <unistd.h>

static inline void require(size_t count, size_t room) {
  if (count > room) __builtin_trap();
}

void *__memcpy_chk(void *to, const void *from, size_t count, size_t room);
void *__memcpy_chk(void *to, const void *from, size_t count, size_t room) {
  require(count, room);
  return memcpy(to, from, count);
}

void *__memmove_chk(void *to, const void *from, size_t count, size_t room);
void *__memmove_chk(void *to, const void *from, size_t count, size_t room) {
  require(count, room);
  return memmove(to, from, count);
}

void *__memset_chk(void *to, int byte, size_t count, size_t room);
void *__memset_chk(void *to, int byte, size_t count, size_t room) {
  require(count, room);
  return memset(to, byte, count);
}

ssize_t __read_chk(int fd, void *to, size_t count, size_t room);
ssize_t __read_chk(int fd, void *to, size_t count, size_t room) {
  require(count, room);
  return read(fd, to, count);
}

ssize_t __pread_chk(int fd, void *to, size_t count, off_t offset, size_t room);
ssize_t __pread_chk(int fd, void *to, size_t count, off_t offset, size_t room) {
  require(count, room);
  return pread(fd, to, count, offset);
}
