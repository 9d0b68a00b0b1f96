/* A V4L2 capture camera in user space: what a driver would answer. fakev4l2.c is how programs reach it. */
#ifndef BENCH_CAMERA_H
#define BENCH_CAMERA_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"

/** The one camera, as the environment describes it (camera.c); filled when it is first opened. */
extern struct camera {
  const char *device;
  const char *unplugged; /* a file that is there while the camera is not; NULL: it always is */
  uint32_t fourcc, width, height, fps;
  uint32_t frame_count, image_size; /* image_size: V4L2's sizeimage, room for the largest frame */
  int frames;                       /* a file in memory: all frames, image_size apart */
  uint32_t frame_sizes[CLOCK_MAX_FRAMES];
  int timer;                 /* readable when a frame is due */
  struct frame_clock *clock; /* NULL when nobody asked for it */
} camera;

/** Whether `path` names the camera. */
bool camera_is(const char *path);

/** Opens the camera; returns a descriptor that polls readable when a frame is due, or -1 with errno. */
int camera_open(int flags);

/** Whether `fd` came from camera_open() and is still open. */
bool camera_owns(int fd);

/** Forgets `fd`, which the caller closes; the last one stops the stream. */
void camera_closed(int fd);

/** Answers a V4L2 ioctl: 0, or -1 with errno. */
int camera_ioctl(uint32_t request, void *argument);

/** The buffer behind an offset that VIDIOC_QUERYBUF told, or NULL. */
void *camera_buffer(uint64_t offset);

/** Whether `address` is one of the camera's buffers. */
bool camera_has_buffer(const void *address);

/** The C library's mmap, readable and writable, past our own hook. */
void *map(size_t length, int flags, int fd);

/** -1, with errno set to `error`. */
static inline int fail(int error) {
  errno = error;
  return -1;
}

#endif
