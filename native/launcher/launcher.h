/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the launcher share: system calls without a libc, and the words. */
#ifndef WAYLAND_PROXY_LAUNCHER_H
#define WAYLAND_PROXY_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <asm/unistd.h>

#if defined __x86_64__
static inline long call(long number, long a, long b, long c, long d, long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined __aarch64__
static inline long call(long number, long a, long b, long c, long d, long e) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}
#else
#error "the launcher knows the system calls of x86_64 and aarch64 only"
#endif

/* SIG_BLOCK of rt_sigprocmask(2). */
#define BLOCK_SIGNALS 0

#define CALL0(name) call(__NR_##name, 0, 0, 0, 0, 0)
#define CALL1(name, a) call(__NR_##name, (long)(a), 0, 0, 0, 0)
#define CALL2(name, a, b) call(__NR_##name, (long)(a), (long)(b), 0, 0, 0)
#define CALL3(name, a, b, c) call(__NR_##name, (long)(a), (long)(b), (long)(c), 0, 0)
#define CALL4(name, a, b, c, d) call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0)
#define CALL5(name, a, b, c, d, e) call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* The next word. Without one it ends the process. */
char *word(void);
/* A decimal number; the words come from us, so anything else is a number that the kernel will refuse. */
long number(const char *text);
size_t length_of(const char *text);
bool is_same(const char *a, const char *b);
__attribute__((noreturn)) void leave(int status);

/* Removes a file, or a folder with all that is in it, which lies in an open folder or AT_FDCWD. */
void remove_tree(long folder, const char *name, int depth);

/* Runs the errands that the next words list, for whoever has the other end of standard input, until that is closed. */
__attribute__((noreturn)) void serve_errands(void);

#endif
