/* SPDX-License-Identifier: Apache-2.0 */
#include "start.h"

#include "client.h"
#include "samples.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBE_US = 200, GIVE_UP_SECONDS = 10 };

static int accepts(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = connect(fd, (struct sockaddr *)&address, sizeof address);
  close(fd);
  return result == 0;
}

/* Ends the group that the command leads; what ignores SIGTERM for long is killed. */
static void end_command(pid_t pid) {
  kill(-pid, SIGTERM);
  for (int i = 0; i < 2000; i++) {
    if (waitpid(pid, NULL, WNOHANG) == pid)
      return;
    usleep(1000);
  }
  kill(-pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

uint64_t time_to_listening(const char *socket_path, char **command) {
  uint64_t start = now_ns();
  pid_t pid = fork();
  if (pid < 0)
    fail("fork: %s", strerror(errno));
  if (pid == 0) {
    setpgid(0, 0);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* stdout is for our one line */
    execvp(command[0], command);
    fail("%s: %s", command[0], strerror(errno));
  }
  setpgid(pid, pid);
  uint64_t elapsed;
  while (!accepts(socket_path)) {
    elapsed = now_ns() - start;
    if (waitpid(pid, NULL, WNOHANG) == pid)
      fail("%s ended before it listened on %s", command[0], socket_path);
    if (elapsed > GIVE_UP_SECONDS * UINT64_C(1000000000)) {
      end_command(pid);
      fail("%s does not listen on %s after %d s", command[0], socket_path, GIVE_UP_SECONDS);
    }
    usleep(PROBE_US);
  }
  elapsed = now_ns() - start;
  end_command(pid);
  return elapsed;
}
