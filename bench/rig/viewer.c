#define _GNU_SOURCE
#include "viewer.h"

#include <stdlib.h>
#include <string.h>

#include "age.h"

#define LARGEST_BODY (16u << 20)

static void begin_header(struct viewer *v) {
  v->state = FRAME_HEADER;
  v->header_length = 0;
}

static void end_body(struct viewer *v) {
  if (!v->passed_over) {
    v->frames++;
    if (v->sampled) age_sample(v->body, v->body_length);
  }
  begin_header(v);
}

static void begin_body(struct viewer *v, size_t length) {
  v->state = BODY;
  v->body_length = 0;
  v->body_left = length;
  if (v->sampled && !v->body) v->body = malloc(LARGEST_BODY);
  if (!length) begin_header(v);
}

/** Takes what belongs to the body; returns how much that was. */
static size_t read_body(struct viewer *v, const uint8_t *bytes, size_t length) {
  size_t taken = length < v->body_left ? length : v->body_left;
  if (v->sampled && v->body_length + taken <= LARGEST_BODY) {
    memcpy(v->body + v->body_length, bytes, taken);
    v->body_length += taken;
  }
  v->body_left -= taken;
  if (!v->body_left) end_body(v);
  return taken;
}

static bool header_ends(const struct viewer *v) {
  return v->header_length >= 4 && !memcmp(v->header + v->header_length - 4, "\r\n\r\n", 4);
}

/** The response's header is passed over; a part's says how long the frame is. */
static void read_http_header(struct viewer *v) {
  if (!header_ends(v)) return;
  v->header[v->header_length] = 0;
  const char *field = v->state == FRAME_HEADER ? strcasestr(v->header, "content-length:") : NULL;
  begin_header(v);
  if (field) begin_body(v, strtoul(field + strlen("content-length:"), NULL, 10));
}

/** RFC 6455 section 5.2, as a server sends it: two bytes, then an extended length of none, two or eight. */
static void read_websocket_header(struct viewer *v) {
  const uint8_t *h = (const uint8_t *)v->header;
  if (v->header_length < 2) return;
  size_t short_length = h[1] & 127u, extra = short_length == 127 ? 8 : short_length == 126 ? 2 : 0, length = 0;
  if (v->header_length < 2 + extra) return;
  for (size_t i = 0; i < extra; i++) length = length << 8 | h[2 + i];
  v->passed_over = (h[0] & 15u) != 2;
  begin_header(v);
  begin_body(v, extra ? length : short_length);
}

void viewer_read(struct viewer *v, const uint8_t *bytes, size_t length) {
  v->bytes += length;
  for (size_t at = 0; at < length;) {
    if (v->state == BODY) {
      at += read_body(v, bytes + at, length - at);
      continue;
    }
    if (v->header_length < sizeof v->header - 1) v->header[v->header_length++] = (char)bytes[at];
    at++;
    if (v->websocket && v->state == FRAME_HEADER) read_websocket_header(v);
    else read_http_header(v);
  }
}
