/*
 * The bench camera is described by the environment:
 *
 *   FAKEV4L2_DEV     its path (default /dev/video77; the file need not exist)
 *   FAKEV4L2_FRAMES  folder of 000.raw, 001.raw, ... (frames.sh makes it), handed out in turn for ever
 *   FAKEV4L2_FOURCC  MJPG (default), YUYV, NV12 or BGR3: what those files hold
 *   FAKEV4L2_W, FAKEV4L2_H, FAKEV4L2_FPS  default 1280, 720, 30
 *   FAKEV4L2_CLOCK   file that tells the load client when each frame was handed out (clock.h)
 *   FAKEV4L2_UNPLUGGED  file: while it exists the camera is pulled out
 *   FAKEV4L2_TRACE   set: every ioctl and its result on stderr
 */
#define _GNU_SOURCE
#include "camera.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "controls.h"
#include "formats.h"
#include "real.h"
#include "streaming.h"

#define MAX_FDS 1024

struct camera camera = {.timer = -1};

static bool fds[MAX_FDS]; /* the camera's open descriptors: its timer and duplicates of it */
static int open_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int open_file(const char *path, int flags) {
  return REAL(int (*)(const char *, int, ...), "open")(path, flags | O_CLOEXEC, 0644);
}

void *map(size_t length, int flags, int fd) {
  typedef void *map_function(void *, size_t, int, int, int, off_t);
  return REAL(map_function *, "mmap")(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static uint32_t env_number(const char *name, uint32_t otherwise) {
  const char *text = getenv(name);
  uint32_t number = text ? (uint32_t)strtoul(text, NULL, 10) : 0;
  return number ? number : otherwise;
}

/** Opens a frame's file and tells its size; -1 when there is none. */
static int open_frame(const char *folder, uint32_t index, uint32_t *size) {
  char path[512];
  struct stat info;
  snprintf(path, sizeof path, "%s/%03u.raw", folder, index);
  int fd = open_file(path, O_RDONLY);
  if (fd >= 0) *size = fstat(fd, &info) == 0 ? (uint32_t)info.st_size : 0;
  return fd;
}

/*
 * Frames wait in a file in memory: the disk's cache may be reclaimed between two rounds, and mapped they would count as
 * memory of the program that is measured.
 */
static void load_frames(const char *folder) {
  const uint32_t page = 4096;
  int files[CLOCK_MAX_FRAMES];
  uint32_t largest = camera.width * camera.height * 2, count = 0;
  for (; count < CLOCK_MAX_FRAMES; count++) {
    files[count] = open_frame(folder, count, &camera.frame_sizes[count]);
    if (files[count] < 0) break;
    if (camera.frame_sizes[count] > largest) largest = camera.frame_sizes[count];
  }
  camera.image_size = (largest + page - 1) / page * page;
  camera.frames = memfd_create("bench frames", MFD_CLOEXEC);
  for (uint32_t i = 0; i < count; i++) {
    lseek(camera.frames, (off_t)i * camera.image_size, SEEK_SET);
    for (size_t left = camera.frame_sizes[i]; left > 0;) {
      ssize_t sent = sendfile(camera.frames, files[i], NULL, left);
      if (sent <= 0) {
        perror("fakev4l2: FAKEV4L2_FRAMES");
        abort();
      }
      left -= (size_t)sent;
    }
    close(files[i]);
  }
  camera.frame_count = count;
}

static void open_clock(const char *path) {
  int fd = open_file(path, O_RDWR | O_CREAT);
  if (fd < 0 || ftruncate(fd, sizeof *camera.clock) < 0) {
    perror("fakev4l2: FAKEV4L2_CLOCK");
    abort();
  }
  camera.clock = map(sizeof *camera.clock, MAP_SHARED, fd);
  camera.clock->frames = camera.frame_count;
  close(fd);
}

static void setup(void) {
  const char *frames = getenv("FAKEV4L2_FRAMES"), *clock = getenv("FAKEV4L2_CLOCK");
  const char *fourcc = getenv("FAKEV4L2_FOURCC");
  if (!fourcc || strlen(fourcc) != 4) fourcc = "MJPG";
  camera.fourcc = v4l2_fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]);
  camera.width = env_number("FAKEV4L2_W", 1280);
  camera.height = env_number("FAKEV4L2_H", 720);
  camera.fps = env_number("FAKEV4L2_FPS", 30);
  camera.unplugged = getenv("FAKEV4L2_UNPLUGGED");
  if (frames) load_frames(frames);
  if (!camera.frame_count) fprintf(stderr, "fakev4l2: no 000.raw in FAKEV4L2_FRAMES=%s\n", frames ? frames : "");
  if (clock) open_clock(clock);
}

bool camera_is(const char *path) {
  if (!camera.device) {
    const char *device = getenv("FAKEV4L2_DEV");
    camera.device = device ? device : "/dev/video77";
  }
  return path && !strcmp(path, camera.device);
}

static bool pulled_out(void) {
  return camera.unplugged && REAL(int (*)(const char *, int), "access")(camera.unplugged, F_OK) == 0;
}

bool camera_owns(int fd) { return fd >= 0 && fd < MAX_FDS && fds[fd]; }

int camera_open(int flags) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, setup);
  if (pulled_out()) return fail(ENOENT);
  if (!camera.frame_count) return fail(ENODEV);
  pthread_mutex_lock(&lock);
  int fd = open_count > 0 ? fcntl(camera.timer, F_DUPFD_CLOEXEC, 0)
                          : timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
  if (fd >= 0 && fd < MAX_FDS) {
    fds[fd] = true;
    if (open_count++ == 0) camera.timer = fd;
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

void camera_closed(int fd) {
  pthread_mutex_lock(&lock);
  if (--open_count == 0) stream(false);
  fds[fd] = false;
  for (int other = 0; open_count > 0 && fd == camera.timer && other < MAX_FDS; other++) {
    if (fds[other]) camera.timer = other;
  }
  pthread_mutex_unlock(&lock);
}

int camera_ioctl(uint32_t request, void *argument) {
  if (pulled_out()) return fail(ENODEV);
  int (*const parts[])(uint32_t, void *) = {format_ioctl, control_ioctl, streaming_ioctl};
  int result = fail(ENOTTY);
  for (int i = 0; i < 3 && result < 0 && errno == ENOTTY; i++) result = parts[i](request, argument);
  if (getenv("FAKEV4L2_TRACE")) {
    int error = errno;
    fprintf(stderr, "fakev4l2: ioctl %08x: %s\n", request, result < 0 ? strerror(error) : "ok");
    errno = error;
  }
  return result;
}
