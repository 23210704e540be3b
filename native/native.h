/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the addon share: the list of functions, and how arguments and results cross into JavaScript.
 *
 * One convention for all: a function returns a number >= 0, or -errno when the kernel refused. It throws a TypeError
 * only for an argument of the wrong kind, which is the caller's bug. State is kept in objects that JavaScript holds, or for
 * each environment: the addon may be loaded once for each worker thread.
 */
#ifndef WAYLAND_PROXY_NATIVE_H
#define WAYLAND_PROXY_NATIVE_H

#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What the addon keeps for one JavaScript environment, of which each worker thread has one. */
struct environment {
  struct watches *watches;   /* watch.c; NULL until they are prepared */
  struct exchange *exchange; /* message.c; NULL until it is prepared */
};

/* That of this environment; there is one always. */
struct environment *environment_of(napi_env env);

/* Every function that JavaScript sees, under its name there; src/native/binding.ts says what each does. */
#define NATIVE_FUNCTIONS(X)                                                                       /* written in: */ \
  X(receive) X(send) X(exchangeInit) X(exchangeReceive) X(exchangeSend)                             /* message.c */ \
  X(listenUnix) X(listenAbstract) X(bindAbstract) X(accept) X(connectUnix) X(connectAbstract)        /* socket.c */ \
  X(socketPair) X(setSendBuffer) X(peerCredentials) X(shutdown) X(listenerAddress) X(connectDatagram)               \
  X(close) X(duplicate) X(adopt) X(lockExclusive) X(softFdLimit) X(setSoftFdLimit)                     /* file.c */ \
  X(watchInit) X(watchOpen) X(watchSet) X(watchClose) X(watchWait)                                    /* watch.c */ \
  X(pageSize) X(memfd) X(addSeals) X(seals) X(fileInfo) X(map) X(unmap) X(forbidDumps)               /* memory.c */ \
  X(clientMap) X(clientResize) X(clientCopy) X(clientCopyBlocks) X(clientStore) X(clientUnmap)  /* client-memory.c */ \
  X(mayBlock) X(closeAtOnce) X(callsOpen) X(callsEvent) X(callsRest) X(callsStart)                 /* blocking.c */ \
  X(callsCancel) X(callsTake) X(callsUnderway)                                                                      \
  X(pipe) X(namedPipe) X(eventfd) X(read) X(write)                                                     /* pipe.c */ \
  X(terminalUnlock) X(terminalResize) X(terminalRaw) X(terminalRestore)                            /* terminal.c */ \
  X(landlockVersion) X(restrictSelf) X(filterCalls) X(packetPair) X(ask) X(execute)                        /* jail.c */ \
  X(bootTime)                                                                                         /* clock.c */ \
  X(heapLimit) X(heapTrim)                                                                             /* heap.c */ \
  X(programPagesGiveUp)                                                                       /* program-pages.c */ \
  X(loadAcquire16) X(storeRelease16) X(fullFence)                                                      /* ring.c */ \
  X(drmVersion) X(drmGetParam) X(drmGetCaps) X(drmContextInit) X(drmCreateBlob)                         /* drm.c */ \
  X(drmMapOffset) X(drmExecbuffer) X(drmResourceInfo) X(drmHandleToFd)                                              \
  X(drmFdToHandle) X(drmGemClose) X(drmReadEvents) X(exportSyncFile)

#define NATIVE_DECLARE(name) napi_value js_##name(napi_env env, napi_callback_info info);
NATIVE_FUNCTIONS(NATIVE_DECLARE)
#undef NATIVE_DECLARE

/* The readers below return false with a TypeError pending; the function then returns NULL at once. */

/* Arguments that the caller left out are undefined, which every other reader refuses. */
void read_arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count);
/* A whole number from `least` to INT32_MAX. */
bool read_integer(napi_env env, napi_value value, int32_t least, const char *complaint, int32_t *result);
bool read_fd(napi_env env, napi_value value, int *fd);
/* A whole number from 0 to 2^53-1, the largest that JavaScript counts to. */
bool read_size(napi_env env, napi_value value, const char *complaint, uint64_t *result);
/* A Uint8Array, whole. */
bool read_array(napi_env env, napi_value value, uint8_t **data, size_t *size);
/* Three arguments: a Uint8Array, an offset into it, and a length > 0 that stays inside it. */
bool read_bytes(napi_env env, const napi_value *values, uint8_t **data, size_t *length);
/* An Int32Array of at least `least` elements. `size`, which may be NULL, becomes how many it has. */
bool read_integers(napi_env env, napi_value value, size_t least, const char *complaint, int32_t **data, size_t *size);

/* The same for a Float64Array. */
bool read_doubles(napi_env env, napi_value value, size_t least, const char *complaint, double **data, size_t *size);

/* Always false, so that a reader can end with it. */
bool refuse(napi_env env, const char *complaint);

napi_value number(napi_env env, int32_t value);
/* For results beyond INT32_MAX; at most 2^53-1. */
napi_value large_number(napi_env env, uint64_t value);
/* For the result of a system call: the value itself, or -errno when it is negative. */
napi_value result_or_errno(napi_env env, int result);

/* Makes that no call on fd, which another process may have made, blocks from now on; -1 with errno when it is none. */
int make_nonblocking(int fd);
/* Whether this environment has a watch for it. */
bool is_watched(napi_env env, int fd);
/* Closes it. Returns 0, or -errno: -EBUSY while it is watched. */
int close_unwatched(napi_env env, int fd);
/*
 * Whether a call on fd may wait for another program: it is no pipe, socket or memory, and no object of the kernel's
 * own.
 */
bool may_block(int fd);
/*
 * Works as fstat, which glibc exports since 2.33 only: type, size and inode as the kernel knows them. No server or
 * file system in user space is asked. Returns -1 with errno.
 */
int look_at(int fd, struct statx *file);

#endif
