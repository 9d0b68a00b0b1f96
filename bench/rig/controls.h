/* The bench camera's controls: brightness, automatic exposure (a menu) and exposure time. */
#ifndef BENCH_CONTROLS_H
#define BENCH_CONTROLS_H

#include <stdint.h>

/** Answers the control ioctls as a driver would; -1 with ENOTTY for any other request. */
int control_ioctl(uint32_t request, void *argument);

#endif
