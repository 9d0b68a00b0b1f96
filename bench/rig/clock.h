/* The bench camera's clock: a file that camera and load client both map, so that the client can tell a frame's age. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_MAX_FRAMES 256 /* the index is drawn as 8 bits */

struct frame_clock {
  uint64_t frames;                         /* how many different frames there are; the drawn index wraps here */
  uint64_t handed_out;                     /* frames handed out so far, those a slow program missed included */
  uint64_t handed_out_ns[CLOCK_MAX_FRAMES]; /* by drawn index: CLOCK_MONOTONIC when that frame was last dequeued */
};

static inline uint64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
