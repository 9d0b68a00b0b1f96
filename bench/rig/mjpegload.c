/*
 * mjpegload HOST PORT PATH CLIENTS SECONDS PID [CLOCK]
 *
 * Opens CLIENTS streams (0: nobody watches), lets them run for WARM_UP seconds, then measures for SECONDS and prints
 * one line of JSON: frames a second per client, the CPU and memory of the server PID and its children, and the age of
 * the frames at the last client, read from the index the bench camera's frames carry and the camera's CLOCK file. The
 * CPU time of the bench camera itself is not the server's and is left out.
 *
 * PATH as ws:/path reads JPEG messages over WebSocket. In the environment: RATE=bytes/s makes the last client read no
 * faster than that, through a small receive buffer, as a slow link would; WARM_UP=seconds (default 2).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "age.h"
#include "clock.h"
#include "process.h"
#include "viewer.h"

#define SEGMENT 1448    /* a slow link passes on whole TCP segments */
#define SLOW_BURST 65536
#define SLOW_RECEIVE_BUFFER 32768

static int count, refused, closed, poller;
static struct viewer *viewers;
static const struct frame_clock no_clock, *camera_clock = &no_clock;
static double slow_rate; /* of the last viewer; 0: as fast as it can */

static double now(void) { return (double)clock_ns(CLOCK_MONOTONIC) * 1e-9; }

static double env_number(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text ? strtod(text, NULL) : otherwise;
}

/** The file may be there before the camera that writes it. */
static const struct frame_clock *open_clock(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0 && ftruncate(fd, sizeof *camera_clock) == 0) {
    void *mapped = mmap(NULL, sizeof *camera_clock, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) return mapped;
  }
  perror(path);
  exit(1);
}

static void make_request(char *out, size_t size, const char *host, int port, const char *path, bool websocket) {
  const char *upgrade =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const char *fields = websocket ? upgrade : "Accept: */*\r\n";
  snprintf(out, size, "GET %s HTTP/1.1\r\nHost: %s:%d\r\n%s\r\n", path, host, port, fields);
}

static int connect_to(const char *host, int port, bool slow) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0), buffer = SLOW_RECEIVE_BUFFER;
  if (slow) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (!connect(fd, (const struct sockaddr *)&address, sizeof address)) return fd;
  close(fd);
  return -1;
}

static void open_viewers(const char *host, int port, const char *path) {
  char request[512];
  bool websocket = !strncmp(path, "ws:", 3);
  make_request(request, sizeof request, host, port, websocket ? path + 3 : path, websocket);
  for (int i = 0; i < count; i++) {
    bool last = i == count - 1;
    int fd = connect_to(host, port, last && slow_rate > 0);
    viewers[i] = (struct viewer){.fd = fd, .websocket = websocket, .sampled = last};
    if (fd < 0 || write(fd, request, strlen(request)) < 0) {
      refused++;
      continue;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &viewers[i]};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
}

/** How many bytes the slow viewer may read now. */
static size_t slow_allowance(double *saved, double *since) {
  double at = now();
  *saved += (at - *since) * slow_rate;
  *since = at;
  if (*saved > SLOW_BURST) *saved = SLOW_BURST;
  return *saved < SEGMENT ? 0 : (size_t)*saved;
}

static void read_from(struct viewer *viewer) {
  static uint8_t bytes[1 << 20];
  static double saved, since;
  bool slow = slow_rate > 0 && viewer->sampled;
  size_t most = sizeof bytes;
  if (slow) {
    if (!since) since = now();
    most = slow_allowance(&saved, &since);
    if (!most) {
      usleep(1000);
      return;
    }
  }
  ssize_t got = read(viewer->fd, bytes, most);
  if (got > 0) {
    if (slow) saved -= (double)got;
    viewer_read(viewer, bytes, (size_t)got);
  } else if (got == 0 || errno != EAGAIN) {
    close(viewer->fd);
    viewer->fd = -1;
    closed++;
  }
}

static void read_until(double end) {
  struct epoll_event events[256];
  for (double left; (left = end - now()) > 0;) {
    int timeout = left < 0.05 ? (int)(left * 1000) + 1 : 50;
    int ready = epoll_wait(poller, events, 256, timeout);
    for (int i = 0; i < ready; i++) read_from(events[i].data.ptr);
  }
}

/** What is counted from start to end of the measurement. */
struct reading {
  double at, cpu;
  uint64_t camera_frames, bytes, frames, *frames_of;
};

static struct reading take_reading(int pid) {
  struct reading r = {.at = now(), .camera_frames = camera_clock->due};
  r.cpu = process_cpu(pid) - (double)camera_clock->own_cpu_ns * 1e-9;
  r.frames_of = calloc((size_t)count + 1, sizeof *r.frames_of);
  for (int i = 0; i < count; i++) {
    r.bytes += viewers[i].bytes;
    r.frames += r.frames_of[i] = viewers[i].frames;
  }
  return r;
}

static void print_field(const char *name, double value) { printf("\"%s\":%.10g,", name, value); }

static void print_result(const struct reading *from, const struct reading *to, double rss_mib) {
  double seconds = to->at - from->at, cpu = to->cpu - from->cpu;
  uint64_t frames = to->frames - from->frames, least = count ? UINT64_MAX : 0, most = 0;
  for (int i = 0; i < count; i++) {
    uint64_t of = to->frames_of[i] - from->frames_of[i];
    if (of < least) least = of;
    if (of > most) most = of;
  }
  struct age_summary age = age_summarise();
  printf("{");
  print_field("clients", count);
  print_field("refused", refused);
  print_field("closed", closed);
  print_field("camera_fps", (double)(to->camera_frames - from->camera_frames) / seconds);
  print_field("fps_per_client", count ? (double)frames / seconds / count : 0);
  print_field("fps_min", (double)least / seconds);
  print_field("fps_max", (double)most / seconds);
  print_field("mb_per_s", (double)(to->bytes - from->bytes) / seconds / 1e6);
  print_field("cpu_percent", cpu / seconds * 100);
  print_field("cpu_us_per_frame", frames ? cpu * 1e6 / (double)frames : 0);
  print_field("rss_mib", rss_mib);
  print_field("age_p50_ms", age.p50_ms);
  print_field("age_p99_ms", age.p99_ms);
  print_field("age_max_ms", age.max_ms);
  print_field("ages", age.samples);
  print_field("duplicates", age.duplicates);
  print_field("gaps", age.gaps);
  print_field("undecoded", age.undecoded);
  printf("\"size\":\"%dx%d\"}\n", age.width, age.height);
}

int main(int argc, char **argv) {
  if (argc < 7 || (count = atoi(argv[4])) < 0) {
    fprintf(stderr, "usage: mjpegload HOST PORT PATH CLIENTS SECONDS PID [CLOCK]\n");
    return 2;
  }
  int pid = atoi(argv[6]), seconds = atoi(argv[5]);
  double largest_rss = 0;
  if (argc > 7) age_use_clock(camera_clock = open_clock(argv[7]));
  slow_rate = env_number("RATE", 0);
  viewers = calloc((size_t)count + 1, sizeof *viewers);
  poller = epoll_create1(EPOLL_CLOEXEC);
  open_viewers(argv[1], atoi(argv[2]), argv[3]);

  read_until(now() + env_number("WARM_UP", 2));
  age_reset();
  struct reading from = take_reading(pid);
  for (int second = 1; second <= seconds; second++) {
    read_until(from.at + second);
    double rss = process_rss(pid);
    if (rss > largest_rss) largest_rss = rss;
  }
  struct reading to = take_reading(pid);
  print_result(&from, &to, largest_rss);
}
