/* How old the frames are that a viewer gets: the index drawn into each, against the camera's clock. */
#ifndef BENCH_AGE_H
#define BENCH_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct age_summary {
  double p50_ms, p99_ms, max_ms; /* 0 without samples */
  int samples, duplicates, gaps; /* gaps: frames of the camera that were never seen */
  int undecoded;                 /* not a JPEG, or without the two marks before the index */
  int width, height;
};

/** Measures against the camera's clock. */
void age_use_clock(const struct frame_clock *clock);

/** Takes note of one JPEG, which arrived now. */
void age_sample(const uint8_t *jpeg, size_t length);

/** Forgets the samples so far. */
void age_reset(void);

/** What was seen since the last reset. */
struct age_summary age_summarise(void);

#endif
