/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells JavaScript that a descriptor is readable or writable. All descriptors are in one epoll set of ours, and so is the
 * one that libuv itself waits for. We block in that set, before libuv would in its own, and libuv only looks, without
 * waiting. What is ready is handed to JavaScript, which can wait on here without going back to libuv, as long as nothing
 * of libuv's is ready or due; docs/decisions/0011 says why.
 *
 * libuv registers what it is to wait for only when it looks the next time. Until then it gives out no time to wait
 * (uv_backend_timeout), and we do not block either.
 *
 * In programs that wait for libuv's descriptor themselves, as Electron does, our set is in libuv's, and nobody waits here.
 */
#include "native.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/*
 * libuv is no part of Node-API's promise, but libuv 1.x keeps its own ABI. So that one binary serves every Node, only
 * these functions are used, declared by hand, and no field or size of a libuv type is known here.
 */
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef struct uv_prepare_s uv_prepare_t;
typedef struct uv_idle_s uv_idle_t;
typedef struct uv_poll_s uv_poll_t;
enum { UV_IDLE = 6, UV_POLL = 8, UV_PREPARE = 9, UV_READABLE = 1, UV_WRITABLE = 2 };
int uv_prepare_init(uv_loop_t *loop, uv_prepare_t *prepare);
int uv_prepare_start(uv_prepare_t *prepare, void (*callback)(uv_prepare_t *prepare));
int uv_prepare_stop(uv_prepare_t *prepare);
int uv_idle_init(uv_loop_t *loop, uv_idle_t *idle);
int uv_idle_start(uv_idle_t *idle, void (*callback)(uv_idle_t *idle));
int uv_idle_stop(uv_idle_t *idle);
int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int uv_poll_start(uv_poll_t *poll, int events, void (*callback)(uv_poll_t *poll, int status, int events));
int uv_poll_stop(uv_poll_t *poll);
void uv_close(uv_handle_t *handle, void (*callback)(uv_handle_t *handle));
size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);
int uv_backend_fd(const uv_loop_t *loop);
int uv_backend_timeout(const uv_loop_t *loop);
void uv_update_time(uv_loop_t *loop);

/* What JavaScript and we share, in one Int32Array: which is to be handled next, how many there are, and then they. */
enum { NEXT, COUNT, READY };
#define MAX_READY 128

/* Beside UV_READABLE and UV_WRITABLE: there is an error. */
#define FAILED 4

/* Beside these in what JavaScript asks for: only what is new is reported, whether or not it was read. */
#define EDGE 8

/* The state of a descriptor: what it waits for, and this bit for one that is watched, though it may wait for nothing. */
#define WATCHED 4

/* The watches of one environment. They are named by their descriptors. */
struct watches {
  napi_env env;
  napi_async_cleanup_hook_handle cleanup;
  uv_loop_t *loop;
  uv_prepare_t *prepare;
  uv_idle_t *idle; /* active while libuv looks, so that it does not wait */
  uv_poll_t *poll; /* in the place of these where our set is in libuv's; else NULL */
  int handles;     /* of libuv's that are not closed */
  int epoll;
  napi_ref run, turn_array, clock_array;
  int32_t *turn;
  double *clock; /* when we were woken up, in milliseconds since boot; 0 when no turn is underway */
  uint8_t *states;
  size_t size; /* of states */
  int waiting; /* how many wait for something */
  bool is_loop_ready; /* libuv has something to handle */
  double updated;     /* when libuv was told the time last, as clock */
};

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct watches *watches_of(napi_env env) {
  return environment_of(env)->watches;
}

/* What is 0 for one that is not watched. */
static uint8_t state_of(const struct watches *all, int fd) {
  return all && (size_t)fd < all->size ? all->states[fd] : 0;
}

bool is_watched(napi_env env, int fd) {
  return state_of(watches_of(env), fd) != 0;
}

/* Waits, and notes what is ready. */
static void look(struct watches *all, int timeout) {
  struct epoll_event ready[MAX_READY];
  int count = epoll_wait(all->epoll, ready, MAX_READY, timeout);
  int32_t *entry = all->turn + READY;
  *all->clock = now_ms();
  /* libuv does this, too, after it has waited. Its clock has whole milliseconds, and ours costs nothing more. */
  if (*all->clock - all->updated >= 1) {
    uv_update_time(all->loop);
    all->updated = *all->clock;
  }
  all->is_loop_ready = false;
  for (int i = 0; i < count; i++) {
    uint32_t found = ready[i].events;
    if (ready[i].data.fd == all->epoll) {
      all->is_loop_ready = true;
      continue;
    }
    int32_t events = (found & EPOLLIN ? UV_READABLE : 0) | (found & EPOLLOUT ? UV_WRITABLE : 0);
    /* Hanging up counts as whatever is waited for. JavaScript leaves out what is not. */
    if (found & (EPOLLHUP | EPOLLERR)) events |= UV_READABLE | UV_WRITABLE;
    if (found & EPOLLERR) events |= FAILED;
    *entry++ = ready[i].data.fd;
    *entry++ = events;
  }
  all->turn[NEXT] = 0;
  all->turn[COUNT] = (int32_t)(entry - all->turn - READY) / 2;
}

/* Has JavaScript handle what is ready. It comes back when ticks and promises are to have their turn, or libuv is. */
static bool run(struct watches *all) {
  napi_env env = all->env;
  napi_handle_scope scope;
  napi_value receiver, callback;
  int32_t before = all->turn[NEXT];
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  if (napi_get_global(env, &receiver) == napi_ok && napi_get_reference_value(env, all->run, &callback) == napi_ok) {
    napi_make_callback(env, NULL, receiver, callback, 0, NULL, NULL);
  }
  bool thrown = false;
  if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
  /* An environment that is about to end runs nothing. */
  return all->turn[NEXT] != before && all->turn[NEXT] < all->turn[COUNT];
}

static void on_idle(uv_idle_t *idle) {
  (void)idle;
}

/* libuv is about to look, and would wait. */
static void on_prepare(uv_prepare_t *prepare) {
  struct watches *all = uv_handle_get_data((uv_handle_t *)prepare);
  uv_idle_stop(all->idle);
  look(all, uv_backend_timeout(all->loop));
  while (all->turn[NEXT] < all->turn[COUNT] && run(all)) continue;
  *all->clock = 0;
  if (all->waiting > 0) uv_idle_start(all->idle, on_idle);
}

/* Our set has something, says libuv. */
static void on_poll(uv_poll_t *poll, int status, int events) {
  struct watches *all = uv_handle_get_data((uv_handle_t *)poll);
  (void)status;
  (void)events;
  look(all, 0);
  while (all->turn[NEXT] < all->turn[COUNT] && run(all)) continue;
  *all->clock = 0;
}

static void start(struct watches *all) {
  if (all->poll) uv_poll_start(all->poll, UV_READABLE, on_poll);
  else uv_prepare_start(all->prepare, on_prepare);
}

static void stop(struct watches *all) {
  if (all->poll) {
    uv_poll_stop(all->poll);
  } else {
    uv_prepare_stop(all->prepare);
    uv_idle_stop(all->idle);
  }
}

static void release(struct watches *all) {
  if (all->epoll >= 0) close(all->epoll);
  free(all->states);
  free(all);
}

/* Handles have to stay until libuv has done with them. */
static void on_closed(uv_handle_t *handle) {
  struct watches *all = uv_handle_get_data(handle);
  free(handle);
  if (--all->handles > 0) return;
  napi_async_cleanup_hook_handle cleanup = all->cleanup;
  release(all);
  napi_remove_async_cleanup_hook(cleanup);
}

static void on_environment_end(napi_async_cleanup_hook_handle cleanup, void *data) {
  struct watches *all = data;
  all->cleanup = cleanup;
  environment_of(all->env)->watches = NULL;
  napi_delete_reference(all->env, all->run);
  napi_delete_reference(all->env, all->turn_array);
  napi_delete_reference(all->env, all->clock_array);
  if (all->poll) {
    uv_close((uv_handle_t *)all->poll, on_closed);
  } else {
    uv_close((uv_handle_t *)all->prepare, on_closed);
    uv_close((uv_handle_t *)all->idle, on_closed);
  }
}

/* A handle of libuv's, to be initialized; NULL without memory. */
static void *make_handle(struct watches *all, int type) {
  void *handle = calloc(1, uv_handle_size(type));
  if (!handle) return NULL;
  uv_handle_set_data(handle, all);
  all->handles++;
  return handle;
}

/* Puts our set into libuv's. */
static int join_libuv(struct watches *all) {
  all->poll = make_handle(all, UV_POLL);
  return all->poll ? uv_poll_init(all->loop, all->poll, all->epoll) : -ENOMEM;
}

/* Puts libuv's set into ours. */
static int take_in_libuv(struct watches *all) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = all->epoll};
  if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, uv_backend_fd(all->loop), &event) < 0) return -errno;
  all->prepare = make_handle(all, UV_PREPARE);
  all->idle = make_handle(all, UV_IDLE);
  if (!all->prepare || !all->idle) return -ENOMEM;
  uv_prepare_init(all->loop, all->prepare);
  uv_idle_init(all->loop, all->idle);
  return 0;
}

napi_value js_watchInit(napi_env env, napi_callback_info info) {
  napi_value values[4];
  int32_t *turn;
  double *clock;
  bool inside;
  napi_valuetype type;
  uv_loop_t *loop;
  read_arguments(env, info, values, 4);
  if (!read_integers(env, values[0], READY + 2 * MAX_READY, "turn must be an Int32Array of 258 or more", &turn, NULL) ||
      !read_doubles(env, values[1], 1, "clock must be a Float64Array of 1 or more", &clock, NULL)) {
    return NULL;
  }
  if (napi_typeof(env, values[2], &type) != napi_ok || type != napi_function) {
    refuse(env, "run must be a function");
    return NULL;
  }
  if (napi_get_value_bool(env, values[3], &inside) != napi_ok) {
    refuse(env, "inside must be a boolean");
    return NULL;
  }
  if (watches_of(env)) return number(env, -EEXIST);
  if (napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop) != napi_ok) return NULL;
  struct watches *all = calloc(1, sizeof *all);
  if (!all) return number(env, -ENOMEM);
  all->env = env;
  all->loop = loop;
  all->turn = turn;
  all->clock = clock;
  all->epoll = epoll_create1(EPOLL_CLOEXEC);
  int status = all->epoll < 0 ? -errno : inside ? join_libuv(all) : take_in_libuv(all);
  if (status < 0) {
    /* None was shown to libuv. */
    free(all->prepare);
    free(all->idle);
    free(all->poll);
    release(all);
    return number(env, status);
  }
  napi_create_reference(env, values[0], 1, &all->turn_array);
  napi_create_reference(env, values[1], 1, &all->clock_array);
  napi_create_reference(env, values[2], 1, &all->run);
  environment_of(env)->watches = all;
  napi_add_async_cleanup_hook(env, on_environment_end, all, NULL);
  return number(env, 0);
}

/*
 * Waits for that from now on; -1 with errno. A descriptor that waits for nothing is not in the set, or it would
 * report hanging up.
 */
static int wait_for(struct watches *all, int fd, int events) {
  int before = all->states[fd] & ~WATCHED;
  if (events == before) return 0;
  struct epoll_event event = {.events = (events & UV_READABLE ? EPOLLIN : 0u) | (events & UV_WRITABLE ? EPOLLOUT : 0u) |
                                        (events & EDGE ? EPOLLET : 0u),
                              .data.fd = fd};
  int operation = before == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  if (epoll_ctl(all->epoll, operation, fd, &event) < 0) return -1;
  all->states[fd] = (uint8_t)(WATCHED | events);
  all->waiting += (events != 0) - (before != 0);
  /* As long as anything is waited for, the process goes on. */
  if (before == 0 && all->waiting == 1) start(all);
  if (all->waiting == 0) stop(all);
  return 0;
}

/* What is wrong with waiting for it, as an errno (EBADF, EPERM: a regular file), or ENOENT: nothing, it is not in the set. */
static int complaint_about(const struct watches *all, int fd) {
  struct epoll_event event = {0};
  return epoll_ctl(all->epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? errno : 0;
}

static bool make_room(struct watches *all, size_t fd) {
  if (fd < all->size) return true;
  size_t size = all->size ? all->size : 64;
  while (size <= fd) size *= 2;
  uint8_t *states = realloc(all->states, size);
  if (!states) return false;
  memset(states + all->size, 0, size - all->size);
  all->states = states;
  all->size = size;
  return true;
}

static bool read_events(napi_env env, napi_value value, int32_t *events) {
  return read_integer(env, value, 0, "events must be an integer >= 0", events) &&
         (!(*events & ~(UV_READABLE | UV_WRITABLE | EDGE)) ||
          refuse(env, "events must be made of READABLE, WRITABLE and EDGE"));
}

napi_value js_watchOpen(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t events;
  struct watches *all = watches_of(env);
  read_arguments(env, info, values, 2);
  if (!read_fd(env, values[0], &fd) || !read_events(env, values[1], &events)) return NULL;
  if (!all) return number(env, -EBADF);
  if (state_of(all, fd)) return number(env, -EEXIST);
  /* Not a table for any number that is no descriptor. */
  int complaint = events == 0 || (size_t)fd >= all->size ? complaint_about(all, fd) : ENOENT;
  if (complaint != ENOENT) return number(env, -complaint);
  if (!make_room(all, (size_t)fd)) return number(env, -ENOMEM);
  if (wait_for(all, fd, events) < 0) return number(env, -errno);
  all->states[fd] |= WATCHED;
  return number(env, 0);
}

/* The set that watches the descriptor; NULL with an exception when there is none. */
static struct watches *read_watched(napi_env env, napi_value value, int *fd) {
  struct watches *all = watches_of(env);
  if (!read_fd(env, value, fd)) return NULL;
  if (state_of(all, *fd)) return all;
  refuse(env, "fd must be watched");
  return NULL;
}

napi_value js_watchSet(napi_env env, napi_callback_info info) {
  napi_value values[2];
  int fd;
  int32_t events;
  read_arguments(env, info, values, 2);
  struct watches *all = read_watched(env, values[0], &fd);
  if (!all || !read_events(env, values[1], &events)) return NULL;
  return result_or_errno(env, wait_for(all, fd, events));
}

napi_value js_watchClose(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int fd;
  read_arguments(env, info, values, 1);
  struct watches *all = read_watched(env, values[0], &fd);
  if (!all) return NULL;
  /* Leaves the set at once, also if another descriptor for the same open file is left. */
  int status = wait_for(all, fd, 0);
  all->states[fd] = 0;
  return result_or_errno(env, status);
}

napi_value js_watchWait(napi_env env, napi_callback_info info) {
  (void)info;
  struct watches *all = watches_of(env);
  if (!all) return number(env, 0);
  int timeout = all->is_loop_ready || all->poll ? 0 : uv_backend_timeout(all->loop);
  if (timeout == 0) return number(env, 0);
  look(all, timeout);
  return number(env, all->turn[COUNT]);
}
