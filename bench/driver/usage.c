/* SPDX-License-Identifier: Apache-2.0 */
#include "usage.h"

#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Processor time of children that have ended and were waited for: proc_pid_stat(5) fields 16 and 17, in clock ticks. */
static uint64_t ended_children_ns(pid_t pid) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return 0;
  size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = '\0';
  char *after_name = strrchr(line, ')'); /* the name may hold spaces */
  unsigned long user = 0, kernel = 0;
  if (after_name == NULL ||
      sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
    return 0;
  return (user + kernel) * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

static void add_memory(pid_t pid, struct usage *usage) {
  char path[64], line[128];
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return;
  uint64_t kib;
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "Rss: %" SCNu64, &kib) == 1)
      usage->rss_kib += kib;
    else if (sscanf(line, "Private_Clean: %" SCNu64, &kib) == 1 || sscanf(line, "Private_Dirty: %" SCNu64, &kib) == 1)
      usage->private_kib += kib;
  }
  fclose(file);
}

static void add_usage(pid_t pid, struct usage *usage);

/* One thread: schedstat is exact to the nanosecond where stat counts ticks of 10 ms. */
static void add_thread(pid_t pid, const char *thread, struct usage *usage) {
  char path[320];
  snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, thread);
  FILE *file = fopen(path, "re");
  if (file != NULL) {
    uint64_t running;
    if (fscanf(file, "%" SCNu64, &running) == 1)
      usage->cpu_ns += running;
    fclose(file);
  }
  snprintf(path, sizeof path, "/proc/%d/task/%s/children", pid, thread);
  file = fopen(path, "re");
  if (file != NULL) {
    pid_t child;
    while (fscanf(file, "%d", &child) == 1)
      add_usage(child, usage);
    fclose(file);
  }
}

static void add_usage(pid_t pid, struct usage *usage) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  if (tasks == NULL)
    return; /* a child that has just ended: it is in its parent's account now */
  for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
    if (entry->d_name[0] != '.')
      add_thread(pid, entry->d_name, usage);
  closedir(tasks);
  usage->cpu_ns += ended_children_ns(pid);
  add_memory(pid, usage);
}

/* The first thread's own time. */
static uint64_t main_thread_ns(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, pid);
  FILE *file = fopen(path, "re");
  uint64_t running = 0;
  if (file == NULL)
    return 0;
  if (fscanf(file, "%" SCNu64, &running) != 1)
    running = 0;
  fclose(file);
  return running;
}

/* The seventh number of a processor is how long it has run programs and the kernel's threads (sched-stats.rst). */
uint64_t machine_ns(void) {
  FILE *file = fopen("/proc/schedstat", "re");
  char line[512];
  uint64_t sum = 0, running;
  if (file == NULL)
    return 0;
  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "cpu%*u %*u %*u %*u %*u %*u %*u %" SCNu64, &running) == 1)
      sum += running;
  fclose(file);
  return sum;
}

struct usage usage_of(pid_t pid) {
  struct usage usage = {0};
  add_usage(pid, &usage);
  usage.main_ns = main_thread_ns(pid);
  if (usage.rss_kib == 0)
    fail("process %d has ended", pid);
  return usage;
}
