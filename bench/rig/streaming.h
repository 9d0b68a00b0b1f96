/* The bench camera's buffers and the frames that fill them. */
#ifndef BENCH_STREAMING_H
#define BENCH_STREAMING_H

#include <stdbool.h>
#include <stdint.h>

/** Answers the ioctls about buffers and streaming as a driver would; -1 with ENOTTY for any other. */
int streaming_ioctl(uint32_t request, void *argument);

/** Starts or stops the stream; stopping gives all queued buffers back. Returns 0, or -1 with errno. */
int stream(bool on);

#endif
