/* What the bench camera is and what it offers: one capture input, one format, one size, one rate. */
#ifndef BENCH_FORMATS_H
#define BENCH_FORMATS_H

#include <stdint.h>

/** Answers the ioctls about capabilities, inputs, formats and rate as a driver would; -1 with ENOTTY for any other. */
int format_ioctl(uint32_t request, void *argument);

#endif
