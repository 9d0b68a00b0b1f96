/* What the bench camera tells the load client: a file that both map. Whoever comes first makes it. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_MAX_FRAMES 256 /* the index is drawn as 8 bits */

struct frame_clock {
  uint64_t frames;     /* how many different frames there are: the drawn index wraps here */
  uint64_t due;        /* frames that have been due so far, those the program missed included */
  uint64_t own_cpu_ns; /* the CPU time of filling buffers, which with a real camera is not the program's */
  uint64_t handed_out_ns[CLOCK_MAX_FRAMES]; /* by drawn index: CLOCK_MONOTONIC when that frame was last dequeued */
};

static inline uint64_t clock_ns(clockid_t clock) {
  struct timespec t = {0};
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
