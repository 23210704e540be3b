/* SPDX-License-Identifier: Apache-2.0 */
/* Tells JavaScript, from Node's own event loop, that a descriptor is readable or writable. */
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/*
 * libuv is no part of Node-API's promise, but libuv 1.x keeps its own ABI. So that one binary serves every Node, only
 * these functions are used, declared by hand, and no field or size of a libuv type is known here.
 */
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef struct uv_poll_s uv_poll_t;
enum { UV_POLL = 8, UV_READABLE = 1, UV_WRITABLE = 2 };
int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int uv_poll_start(uv_poll_t *poll, int events, void (*callback)(uv_poll_t *poll, int status, int events));
int uv_poll_stop(uv_poll_t *poll);
void uv_close(uv_handle_t *handle, void (*callback)(uv_handle_t *handle));
size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);

/*
 * A watch lives until libuv calls on_closed. That follows js_watchClose, or the end of the JavaScript environment (process exit, worker
 * thread terminated), whichever comes first.
 */
struct watch {
  struct watches *all;
  int fd;
  napi_ref callback;
  int events;
  _Alignas(max_align_t) char poll[]; /* a uv_poll_t */
};

/* The watches of one environment. They are named by their descriptors, of which libuv watches each but once. */
struct watches {
  napi_env env;
  napi_async_cleanup_hook_handle cleanup; /* set once the environment ends */
  struct watch **by_fd;
  size_t size; /* of by_fd */
  int living;  /* also those that are closing */
};

static uv_poll_t *poll_of(struct watch *watch) {
  return (uv_poll_t *)watch->poll;
}

/* Once the environment ends and the last watch is gone; nothing refers to them then. */
static void release_when_done(struct watches *all) {
  if (!all->cleanup || all->living > 0) return;
  napi_async_cleanup_hook_handle cleanup = all->cleanup;
  free(all->by_fd);
  free(all);
  napi_remove_async_cleanup_hook(cleanup);
}

static void on_closed(uv_handle_t *closed) {
  struct watch *watch = uv_handle_get_data(closed);
  struct watches *all = watch->all;
  free(watch);
  all->living--;
  release_when_done(all);
}

/* uv_close also stops the watch and takes the descriptor out of epoll at once, so that the caller can close it after this. */
static void end(struct watch *watch) {
  watch->all->by_fd[watch->fd] = NULL;
  uv_close((uv_handle_t *)poll_of(watch), on_closed);
  napi_delete_reference(watch->all->env, watch->callback);
}

static void on_environment_end(napi_async_cleanup_hook_handle cleanup, void *data) {
  struct watches *all = data;
  all->cleanup = cleanup;
  for (size_t fd = 0; fd < all->size; fd++) {
    if (all->by_fd[fd]) end(all->by_fd[fd]);
  }
  release_when_done(all);
}

/* The watches of an environment, made when the first is opened; NULL without memory. */
static struct watches *watches_of(napi_env env) {
  struct watches *all = NULL;
  if (napi_get_instance_data(env, (void **)&all) == napi_ok && all) return all;
  all = calloc(1, sizeof *all);
  if (!all) return NULL;
  all->env = env;
  napi_set_instance_data(env, all, NULL, NULL);
  napi_add_async_cleanup_hook(env, on_environment_end, all, NULL);
  return all;
}

static bool make_room(struct watches *all, size_t fd) {
  if (fd < all->size) return true;
  size_t size = all->size ? all->size : 64;
  while (size <= fd) size *= 2;
  struct watch **by_fd = realloc(all->by_fd, size * sizeof *by_fd);
  if (!by_fd) return false;
  memset(by_fd + all->size, 0, (size - all->size) * sizeof *by_fd);
  all->by_fd = by_fd;
  all->size = size;
  return true;
}

static void on_events(uv_poll_t *poll, int status, int events) {
  struct watch *watch = uv_handle_get_data((uv_handle_t *)poll);
  napi_env env = watch->all->env;
  if (status < 0) {
    /*
     * POLLERR: for a Unix socket, the peer closed with data of ours unread. libuv has stopped watching, but what the peer sent before
     * can still be read, in more than one piece; so watch on, and receive() says when it is over. Who waits to write is told, too:
     * send() says EPIPE.
     */
    uv_poll_start(poll, watch->events, on_events);
    events = UV_READABLE | watch->events;
  }
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value receiver, callback, argument = number(env, events);
  if (napi_get_global(env, &receiver) == napi_ok && napi_get_reference_value(env, watch->callback, &callback) == napi_ok) {
    napi_make_callback(env, NULL, receiver, callback, 1, &argument, NULL);
  }
  bool thrown = false;
  if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

napi_value js_watchOpen(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  napi_valuetype type;
  uv_loop_t *loop;
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd)) return NULL;
  if (napi_typeof(env, values[1], &type) != napi_ok || type != napi_function) {
    refuse(env, "callback must be a function");
    return NULL;
  }
  if (napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop) != napi_ok) return NULL;
  /* Not a table for any number that is no descriptor. */
  if (fcntl(fd, F_GETFD) < 0) return number(env, -errno);
  struct watches *all = watches_of(env);
  struct watch *watch = all && make_room(all, (size_t)fd) ? calloc(1, sizeof *watch + uv_handle_size(UV_POLL)) : NULL;
  if (!watch) return number(env, -ENOMEM);
  /* EEXIST: watched already; EPERM: a regular file. libuv has not seen the handle then. */
  int status = all->by_fd[fd] ? -EEXIST : uv_poll_init(loop, poll_of(watch), fd);
  if (status < 0) {
    free(watch);
    return number(env, status);
  }
  uv_handle_set_data((uv_handle_t *)poll_of(watch), watch);
  watch->all = all;
  watch->fd = fd;
  /* Strong: a callback that nobody else holds goes on, or the garbage collector would decide when events stop. */
  napi_create_reference(env, values[1], 1, &watch->callback);
  all->by_fd[fd] = watch;
  all->living++;
  return number(env, 0);
}

/* NULL when this environment does not watch it. */
static struct watch *watch_of(napi_env env, int fd) {
  struct watches *all = NULL;
  if (napi_get_instance_data(env, (void **)&all) != napi_ok || !all) return NULL;
  return (size_t)fd < all->size ? all->by_fd[fd] : NULL;
}

bool is_watched(napi_env env, int fd) {
  return watch_of(env, fd) != NULL;
}

static struct watch *read_watch(napi_env env, napi_value value) {
  int fd;
  if (!read_fd(env, value, &fd)) return NULL;
  struct watch *watch = watch_of(env, fd);
  if (!watch) refuse(env, "fd must be watched");
  return watch;
}

napi_value js_watchSet(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int32_t events;
  read_arguments(env, info, values, 2);
  struct watch *watch = read_watch(env, values[0]);
  if (!watch || !read_integer(env, values[1], 0, "events must be an integer >= 0", &events)) return NULL;
  if (events & ~(UV_READABLE | UV_WRITABLE)) {
    refuse(env, "events must be made of READABLE and WRITABLE");
    return NULL;
  }
  watch->events = events;
  return number(env, events ? uv_poll_start(poll_of(watch), events, on_events) : uv_poll_stop(poll_of(watch)));
}

napi_value js_watchClose(napi_env env, napi_callback_info info) {
  napi_value values[1];
  read_arguments(env, info, values, 1);
  struct watch *watch = read_watch(env, values[0]);
  if (!watch) return NULL;
  end(watch);
  return number(env, 0);
}
