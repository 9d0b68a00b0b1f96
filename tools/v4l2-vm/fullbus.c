/*
 * fullbus.so: a USB bus with little room, for any V4L2 program (LD_PRELOAD).
 *
 * VIDIOC_STREAMON fails with ENOSPC when what the device is set to takes more than the file named by FULL_BUS allows:
 * two numbers, the bytes a frame and the bytes a second that fit (0: any number). Without that file the bus has room.
 * All else goes to the kernel.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What MJPEG saves, about: cameras reserve less of the bus for it, though their sizeimage is that of YUYV. */
enum { COMPRESSION = 10 };

static int kernel(int fd, unsigned long request, void *argument) {
  return syscall(SYS_ioctl, fd, request, argument);
}

static double frame_bytes(int fd, __u32 type) {
  struct v4l2_format format = {.type = type};
  if (kernel(fd, VIDIOC_G_FMT, &format) < 0 || type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return 0;
  __u32 fourcc = format.fmt.pix.pixelformat;
  int compressed = fourcc == V4L2_PIX_FMT_MJPEG || fourcc == V4L2_PIX_FMT_JPEG;
  return (double)format.fmt.pix.sizeimage / (compressed ? COMPRESSION : 1);
}

static double frames_a_second(int fd, __u32 type) {
  struct v4l2_streamparm parm = {.type = type};
  if (kernel(fd, VIDIOC_G_PARM, &parm) < 0) return 0;
  struct v4l2_fract interval = parm.parm.capture.timeperframe;
  return interval.numerator ? (double)interval.denominator / interval.numerator : 0;
}

static int fits(int fd, __u32 type) {
  const char *path = getenv("FULL_BUS");
  double most = 0, most_a_second = 0;
  FILE *file = path ? fopen(path, "re") : NULL;
  if (!file) return 1;
  int read = fscanf(file, "%lf %lf", &most, &most_a_second);
  fclose(file);
  if (read != 2) {
    fprintf(stderr, "fullbus: %s: not two numbers\n", path);
    abort();
  }
  double bytes = frame_bytes(fd, type);
  return (!most || bytes <= most) && (!most_a_second || bytes * frames_a_second(fd, type) <= most_a_second);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  /* Callers disagree on whether the number is signed; only its low 32 bits count. */
  if ((__u32)request == VIDIOC_STREAMON && !fits(fd, *(__u32 *)argument)) {
    errno = ENOSPC;
    return -1;
  }
  return kernel(fd, request, argument);
}

/* FFI libraries ask a library handle for ioctl, which would pass a preloaded function by. */
void *dlsym(void *handle, const char *name) {
  static void *(*real)(void *, const char *);
  if (!strcmp(name, "ioctl")) return ioctl;
  if (!real) real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  if (!real) {
    fprintf(stderr, "fullbus: no dlsym of glibc 2.34 or newer\n");
    abort();
  }
  return real(handle, name);
}
