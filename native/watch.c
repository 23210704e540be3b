/* SPDX-License-Identifier: Apache-2.0 */
/* Tells JavaScript, from Node's own event loop, that a descriptor is readable or writable. */
#include "native.h"

#include <stdlib.h>

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
int uv_is_closing(const uv_handle_t *handle);
size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);

/*
 * A watch lives until libuv calls on_closed. That follows js_watchClose, or the end of the JavaScript environment
 * (process exit, worker thread terminated), whichever comes first.
 */
struct watch {
  napi_env env;
  /* Strong: a watch that nobody holds any more goes on, or the garbage collector would decide when events stop. */
  napi_ref handle;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  int events;
  _Alignas(max_align_t) char poll[]; /* a uv_poll_t */
};

/* 128 arbitrary bits that no other object carries. */
static const napi_type_tag watch_tag = {0x77617463685f7461ULL, 0x675f70726f787931ULL};

static uv_poll_t *poll_of(struct watch *watch) {
  return (uv_poll_t *)watch->poll;
}

static void on_closed(uv_handle_t *closed) {
  struct watch *watch = uv_handle_get_data(closed);
  /* Only here: the watch may have been closed inside its own callback, which still uses the context. */
  napi_async_destroy(watch->env, watch->context);
  napi_remove_async_cleanup_hook(watch->cleanup);
  free(watch);
}

/* uv_close also stops the watch and takes the descriptor out of epoll at once, so that the caller can close it after this. */
static void end(struct watch *watch) {
  uv_handle_t *handle = (uv_handle_t *)poll_of(watch);
  if (uv_is_closing(handle)) return;
  uv_close(handle, on_closed);
  napi_delete_reference(watch->env, watch->callback);
  napi_delete_reference(watch->env, watch->handle);
}

static void on_environment_end(napi_async_cleanup_hook_handle cleanup, void *watch) {
  (void)cleanup;
  end(watch);
}

static void on_events(uv_poll_t *poll, int status, int events) {
  struct watch *watch = uv_handle_get_data((uv_handle_t *)poll);
  napi_env env = watch->env;
  if (status < 0) {
    /*
     * POLLERR: for a Unix socket, the peer closed with data of ours unread. libuv has stopped watching, but what the
     * peer sent before can still be read, in more than one piece; so watch on, and receive() says when it is over. Who waits to write is told, too:
     * send() says EPIPE.
     */
    uv_poll_start(poll, watch->events, on_events);
    events = UV_READABLE | watch->events;
  }
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value receiver, callback, argument = number(env, events);
  if (napi_get_reference_value(env, watch->handle, &receiver) == napi_ok &&
      napi_get_reference_value(env, watch->callback, &callback) == napi_ok) {
    napi_make_callback(env, watch->context, receiver, callback, 1, &argument, NULL);
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
  struct watch *watch = calloc(1, sizeof *watch + uv_handle_size(UV_POLL));
  if (!watch) return number(env, -ENOMEM);
  int status = uv_poll_init(loop, poll_of(watch), fd);
  if (status < 0) { /* EEXIST: watched already; EPERM: a regular file. libuv has not seen the handle then. */
    free(watch);
    return number(env, status);
  }
  uv_handle_set_data((uv_handle_t *)poll_of(watch), watch);
  watch->env = env;
  napi_value handle, name;
  napi_create_object(env, &handle);
  napi_create_string_utf8(env, "Watch", NAPI_AUTO_LENGTH, &name);
  napi_wrap(env, handle, watch, NULL, NULL, NULL);
  napi_type_tag_object(env, handle, &watch_tag);
  napi_create_reference(env, handle, 1, &watch->handle);
  napi_create_reference(env, values[1], 1, &watch->callback);
  napi_async_init(env, handle, name, &watch->context);
  napi_add_async_cleanup_hook(env, on_environment_end, watch, &watch->cleanup);
  return handle;
}

static struct watch *read_watch(napi_env env, napi_value value) {
  bool ours;
  void *watch;
  if (napi_check_object_type_tag(env, value, &watch_tag, &ours) != napi_ok || !ours ||
      napi_unwrap(env, value, &watch) != napi_ok) {
    refuse(env, "handle must be an open watch");
    return NULL;
  }
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
  napi_remove_wrap(env, values[0], NULL);
  end(watch);
  return number(env, 0);
}
