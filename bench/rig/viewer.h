/* One viewer: reads the bytes of an MJPEG stream (multipart over HTTP, or JPEG messages over WebSocket) as frames. */
#ifndef BENCH_VIEWER_H
#define BENCH_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct viewer {
  int fd; /* -1 once refused or closed */
  uint64_t frames, bytes;
  bool websocket;
  bool sampled; /* its frames go to age_sample() */

  enum { RESPONSE, FRAME_HEADER, BODY } state;
  char header[4096];
  size_t header_length;
  uint8_t *body; /* only when sampled */
  size_t body_length, body_left;
  bool passed_over; /* a WebSocket text message */
};

/** Takes in what was read from the viewer's socket. */
void viewer_read(struct viewer *viewer, const uint8_t *bytes, size_t length);

#endif
