#include "age.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#define MAX_SAMPLES (1 << 16)
#define SCALE 8                                    /* decoded at an eighth: plenty to tell black from white */
#define MAX_PIXELS (4096 * 4096 / SCALE / SCALE)
#define BLOCK (32 / SCALE)                         /* blocks of 32 pixels: white, black, then 8 bits, highest first */
#define BLOCKS 10

static const struct frame_clock no_clock, *camera_clock = &no_clock;
static double ages_ms[MAX_SAMPLES];
static struct age_summary seen;
static int last_index = -1;

void age_use_clock(const struct frame_clock *clock) { camera_clock = clock; }

/** The drawn index, or -1. */
static int read_index(const uint8_t *jpeg, size_t length) {
  static tjhandle decoder;
  static uint8_t grey[MAX_PIXELS];
  int subsampling, colourspace, index = 0;
  if (!decoder) decoder = tjInitDecompress();
  if (tjDecompressHeader3(decoder, jpeg, length, &seen.width, &seen.height, &subsampling, &colourspace)) return -1;
  int width = (seen.width + SCALE - 1) / SCALE, height = (seen.height + SCALE - 1) / SCALE;
  if (width < BLOCKS * BLOCK || height < BLOCK || width * height > MAX_PIXELS) return -1;
  int failed = tjDecompress2(decoder, jpeg, length, grey, width, width, height, TJPF_GRAY, 0);
  if (failed && tjGetErrorCode(decoder) == TJERR_FATAL) return -1;
  for (int block = 0; block < BLOCKS; block++) {
    bool white = grey[width + block * BLOCK + 1] > 128;
    if (block < 2 && white != (block == 0)) return -1;
    if (block >= 2) index = index * 2 + white;
  }
  return index;
}

void age_sample(const uint8_t *jpeg, size_t length) {
  uint64_t arrived = clock_ns(CLOCK_MONOTONIC); /* before the time it takes to decode */
  int index = read_index(jpeg, length);
  if (index < 0) {
    seen.undecoded++;
    return;
  }
  if (index == last_index) {
    seen.duplicates++;
    return;
  }
  int frames = camera_clock->frames ? (int)camera_clock->frames : CLOCK_MAX_FRAMES;
  if (last_index >= 0) seen.gaps += (index - last_index - 1 + frames) % frames;
  last_index = index;
  if (camera_clock->handed_out_ns[index] && seen.samples < MAX_SAMPLES) {
    ages_ms[seen.samples++] = (double)(arrived - camera_clock->handed_out_ns[index]) / 1e6;
  }
}

void age_reset(void) { memset(&seen, 0, sizeof seen); }

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

struct age_summary age_summarise(void) {
  int n = seen.samples;
  qsort(ages_ms, (size_t)n, sizeof *ages_ms, ascending);
  if (n) {
    seen.p50_ms = ages_ms[n / 2];
    seen.p99_ms = ages_ms[n * 99 / 100];
    seen.max_ms = ages_ms[n - 1];
  }
  return seen;
}
