/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of Node and of its libraries that are in the memory of this process: code and constants, most of which only its
 * start needs. The kernel keeps them in its cache, and gives them to us again when they are touched.
 */
#include "native.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of an entry of /proc/self/pagemap, one for each page (Documentation/admin-guide/mm/pagemap.rst of Linux). */
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define OF_FILE (UINT64_C(1) << 61)

#define ENTRIES 256

struct search {
  int pagemap;
  uintptr_t page_size;
};

/* Gives up a range, but for pages that are no longer the file's: a debugger has written to them, or Node has moved its code. */
static void give_up(const struct search *search, uintptr_t at, uintptr_t end) {
  uint64_t entries[ENTRIES];
  uintptr_t clean = at; /* From here on all pages are the file's. */
  while (at < end) {
    uintptr_t wanted = (end - at) / search->page_size;
    if (wanted > ENTRIES) wanted = ENTRIES;
    ssize_t got =
        pread(search->pagemap, entries, wanted * sizeof *entries, (off_t)(at / search->page_size * sizeof *entries));
    if (got < (ssize_t)sizeof *entries) break;
    for (size_t i = 0; i < (size_t)got / sizeof *entries; i++, at += search->page_size) {
      bool is_changed = (entries[i] & SWAPPED) || ((entries[i] & PRESENT) && !(entries[i] & OF_FILE));
      if (!is_changed) continue;
      if (clean < at) madvise((void *)clean, at - clean, MADV_DONTNEED);
      clean = at + search->page_size;
    }
  }
  if (clean < at) madvise((void *)clean, at - clean, MADV_DONTNEED);
}

/* One program or library: what of it cannot be written to. */
static int visit(struct dl_phdr_info *info, size_t size, void *data) {
  const struct search *search = data;
  (void)size;
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
    uintptr_t start = (uintptr_t)info->dlpi_addr + part->p_vaddr;
    uintptr_t end = (start + part->p_filesz + search->page_size - 1) & ~(search->page_size - 1);
    give_up(search, start & ~(search->page_size - 1), end);
  }
  return 0;
}

napi_value js_programPagesGiveUp(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int pagemap;
  read_arguments(env, info, values, 1);
  if (!read_fd(env, values[0], &pagemap)) return NULL;
  struct search search = {.pagemap = pagemap, .page_size = (uintptr_t)sysconf(_SC_PAGESIZE)};
  dl_iterate_phdr(visit, &search);
  return number(env, 0);
}
