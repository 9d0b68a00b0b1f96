/*
 * fakev4l2.so: a camera without hardware, for any V4L2 program (LD_PRELOAD).
 *
 * It answers open, stat, access, ioctl, mmap and close for one device path and leaves the rest to the C library.
 * Programs that find these functions with dlsym (FFI libraries) get the same answers. poll and select need no help: the
 * descriptor is a timer. The camera itself, and the environment that describes it, is camera.c.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "camera.h"
#include "real.h"

/* The variadic functions below all read one optional argument: open's mode, ioctl's pointer. */
#define OPTIONAL(type, last, name) \
  va_list list;                    \
  va_start(list, last);            \
  type name = va_arg(list, type);  \
  va_end(list)

int open(const char *path, int flags, ...) {
  OPTIONAL(int, flags, mode);
  return camera_is(path) ? camera_open(flags) : REAL(int (*)(const char *, int, ...), "open")(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  OPTIONAL(int, flags, mode);
  return camera_is(path) ? camera_open(flags) : REAL(int (*)(const char *, int, ...), "open64")(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...) {
  OPTIONAL(int, flags, mode);
  if (camera_is(path)) return camera_open(flags);
  return REAL(int (*)(int, const char *, int, ...), "openat")(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...) {
  OPTIONAL(int, flags, mode);
  return openat(dir, path, flags | O_LARGEFILE, mode);
}

/* What open becomes under _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }

int stat(const char *path, struct stat *out) {
  int (*next)(const char *, struct stat *) = REAL(int (*)(const char *, struct stat *), "stat");
  return next(camera_is(path) ? "/dev/null" : path, out); /* any character device will do */
}

int stat64(const char *path, struct stat64 *out) {
  int (*next)(const char *, struct stat64 *) = REAL(int (*)(const char *, struct stat64 *), "stat64");
  return next(camera_is(path) ? "/dev/null" : path, out);
}

int access(const char *path, int mode) {
  return camera_is(path) ? 0 : REAL(int (*)(const char *, int), "access")(path, mode);
}

int close(int fd) {
  if (camera_owns(fd)) camera_closed(fd);
  return REAL(int (*)(int), "close")(fd);
}

int ioctl(int fd, unsigned long request, ...) {
  OPTIONAL(void *, request, argument);
  /* Callers disagree on whether the number is signed; only its low 32 bits count. */
  if (camera_owns(fd)) return camera_ioctl((uint32_t)request, argument);
  return REAL(int (*)(int, unsigned long, ...), "ioctl")(fd, request, argument);
}

typedef void *map_function(void *, size_t, int, int, int, off_t);

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  void *buffer = camera_owns(fd) ? camera_buffer((uint64_t)offset) : NULL;
  return buffer ? buffer : REAL(map_function *, "mmap")(address, length, protection, flags, fd, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  return mmap(address, length, protection, flags, fd, offset);
}

int munmap(void *address, size_t length) {
  if (camera_has_buffer(address)) return 0;
  return REAL(int (*)(void *, size_t), "munmap")(address, length);
}

static const struct {
  const char *name;
  void *function;
} hooks[] = {
    {"open", open}, {"open64", open64}, {"close", close},   {"ioctl", ioctl},
    {"mmap", mmap}, {"mmap64", mmap64}, {"munmap", munmap},
};

/* FFI libraries ask a library handle for these names, which would pass a preloaded function by. */
void *dlsym(void *handle, const char *name) {
  for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
    if (!strcmp(name, hooks[i].name)) return hooks[i].function;
  }
  return real_dlsym(handle, name);
}
