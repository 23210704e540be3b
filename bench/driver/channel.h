/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stddef.h>

/*
 * A stream to the compositor behind a virtio-gpu device, without a program in between. It carries bytes alone. There is
 * one for each open node.
 */
struct channel;

/* Opens a node and has the host connect; ends the process with a message when that fails. */
struct channel *channel_open(const char *path);
void channel_close(struct channel *channel);

/* Readable when a message has come. */
int channel_fd(const struct channel *channel);

void channel_send(struct channel *channel, const void *bytes, size_t length);
/* Takes the message that has come, which `size` bytes must have room for; returns its length, 0 at the stream's end. */
size_t channel_receive(struct channel *channel, void *bytes, size_t size);

#endif
