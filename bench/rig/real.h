/* The C library's own functions, under the ones that fakev4l2.c puts in front of them. */
#ifndef BENCH_REAL_H
#define BENCH_REAL_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* dlsym is hooked as well, so the real one is found by version: since glibc 2.34, before it on arm64, on x86-64. */
static inline void *real_dlsym(void *handle, const char *name) {
  static void *(*function)(void *, const char *);
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.4", "GLIBC_2.2.5"};
  for (size_t i = 0; !function && i < sizeof versions / sizeof *versions; i++) {
    function = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  }
  if (!function) {
    fprintf(stderr, "fakev4l2: no dlsym in this C library\n");
    abort();
  }
  return function(handle, name);
}

/* REAL(type, "name"): the C library's function of that name, looked up once per place that calls it. */
#define REAL(type, name)                                  \
  ({                                                      \
    static void *found;                                   \
    if (!found) found = real_dlsym(RTLD_NEXT, name);      \
    (type) found;                                         \
  })

#endif
