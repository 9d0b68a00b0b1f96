#include "streaming.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "camera.h"
#include "clock.h"

#define MAX_BUFFERS 32
#define PAGE 4096u /* a buffer's offset is its index in pages */

static struct {
  bool streaming;
  uint32_t sequence, count, queued;
  uint32_t queue[MAX_BUFFERS];
  void *buffers[MAX_BUFFERS];
} state;

/* A program may queue on one thread what it dequeues on another. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/** The camera's timer ticks at its rate, or no more. */
static int tick(bool on) {
  long nanoseconds = 1000000000L / camera.fps;
  struct timespec interval = {nanoseconds / 1000000000L, nanoseconds % 1000000000L};
  struct itimerspec every = {interval, interval};
  if (!on) memset(&every, 0, sizeof every);
  return timerfd_settime(camera.timer, 0, &every, NULL);
}

int stream(bool on) {
  pthread_mutex_lock(&lock);
  state.streaming = on;
  if (on) state.sequence = 0;
  else state.queued = 0;
  pthread_mutex_unlock(&lock);
  return tick(on);
}

void *camera_buffer(uint64_t offset) {
  return offset / PAGE < MAX_BUFFERS ? state.buffers[offset / PAGE] : NULL;
}

bool camera_has_buffer(const void *address) {
  for (int i = 0; address && i < MAX_BUFFERS; i++) {
    if (address == state.buffers[i]) return true;
  }
  return false;
}

static int request_buffers(struct v4l2_requestbuffers *out) {
  if (out->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || out->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
  if (state.streaming) return fail(EBUSY);
  if (out->count > MAX_BUFFERS) out->count = MAX_BUFFERS;
  for (uint32_t i = 0; i < out->count; i++) {
    if (!state.buffers[i]) state.buffers[i] = map(camera.image_size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (state.buffers[i] == MAP_FAILED) return fail(ENOMEM);
  }
  state.count = out->count;
  state.queued = 0;
  out->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
  return 0;
}

static void describe_buffer(struct v4l2_buffer *out, uint32_t index) {
  out->index = index;
  out->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  out->memory = V4L2_MEMORY_MMAP;
  out->length = camera.image_size;
  out->m.offset = index * PAGE;
}

static int query_buffer(struct v4l2_buffer *out) {
  if (out->index >= state.count) return fail(EINVAL);
  out->flags = 0;
  describe_buffer(out, out->index);
  return 0;
}

static int queue_buffer(const struct v4l2_buffer *in) {
  if (in->index >= state.count) return fail(EINVAL);
  pthread_mutex_lock(&lock);
  bool room = state.queued < MAX_BUFFERS;
  if (room) state.queue[state.queued++] = in->index;
  pthread_mutex_unlock(&lock);
  return room ? 0 : fail(EINVAL);
}

/** Takes the oldest queued buffer and the number of the frame that is due; waits for it unless opened non-blocking. */
static int next_frame(uint32_t *buffer, uint32_t *sequence) {
  uint64_t ticks;
  if (read(camera.timer, &ticks, sizeof ticks) != sizeof ticks) return fail(EAGAIN);
  pthread_mutex_lock(&lock);
  state.sequence += (uint32_t)ticks;
  *sequence = state.sequence;
  if (camera.clock) camera.clock->due += ticks;
  bool any = state.queued > 0;
  if (any) {
    *buffer = state.queue[0];
    memmove(state.queue, state.queue + 1, --state.queued * sizeof *state.queue);
  }
  pthread_mutex_unlock(&lock);
  return any ? 0 : fail(EAGAIN);
}

/** Puts a frame into a buffer; returns its size, or -1. */
static ssize_t fill(void *buffer, uint32_t index) {
  uint64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  ssize_t size = pread(camera.frames, buffer, camera.frame_sizes[index], (off_t)index * camera.image_size);
  if (camera.clock) camera.clock->own_cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
  return size;
}

static int dequeue_buffer(struct v4l2_buffer *out) {
  uint32_t buffer, sequence;
  if (!state.streaming) return fail(EINVAL);
  if (next_frame(&buffer, &sequence)) return -1;
  uint64_t now = clock_ns(CLOCK_MONOTONIC);
  uint32_t index = sequence % camera.frame_count;
  ssize_t size = fill(state.buffers[buffer], index);
  if (size < 0) return fail(EIO);
  if (camera.clock) camera.clock->handed_out_ns[index] = now;
  *out = (struct v4l2_buffer){
      .bytesused = (uint32_t)size, .sequence = sequence, .field = V4L2_FIELD_NONE,
      .flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC,
      .timestamp = {.tv_sec = (time_t)(now / 1000000000u), .tv_usec = (suseconds_t)(now / 1000u % 1000000u)}};
  describe_buffer(out, buffer);
  return 0;
}

int streaming_ioctl(uint32_t request, void *argument) {
  switch (request) {
    case VIDIOC_REQBUFS: return request_buffers(argument);
    case VIDIOC_QUERYBUF: return query_buffer(argument);
    case VIDIOC_QBUF: return queue_buffer(argument);
    case VIDIOC_DQBUF: return dequeue_buffer(argument);
    case VIDIOC_STREAMON: return stream(true);
    case VIDIOC_STREAMOFF: return stream(false);
    default: return fail(ENOTTY);
  }
}
