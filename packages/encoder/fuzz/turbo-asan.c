/*
 * The calls that src/codec/turbo.ts makes, with the same checks in the same order, under AddressSanitizer: each buffer is
 * a block of the heap that has just the size the library reports. Takes damaged copies of the JPEGs that it is given.
 *
 *   gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined turbo-asan.c -ldl -o turbo-asan
 *   turbo-asan LIBTURBOJPEG COUNT SEED FILE...
 *
 * Prints `N passed, N failed` and ends with 0; at a finding the sanitizer ends it. The library is not instrumented: what
 * it writes past a block is seen by a canary behind it, what it copies with memcpy and the like by the sanitizer itself.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INIT_COMPRESS, INIT_DECOMPRESS, INIT_TRANSFORM };
enum {
  NOREALLOC = 2, QUALITY = 3, SUBSAMP = 4, JPEGWIDTH = 5, JPEGHEIGHT = 6, PRECISION = 7, COLORSPACE = 8,
  SCANLIMIT = 13, ARITHMETIC = 14, LOSSLESS = 15, MAXMEMORY = 23, MAXPIXELS = 24, SAVEMARKERS = 25
};
enum { SUBSAMP_GRAY = 3, SUBSAMPS = 7, CS_YCBCR = 1, CS_GRAY = 2, PERFECT = 1, COPYNONE = 64 };

typedef struct { int num, denom; } scale;
typedef struct { int x, y, w, h, op, options; void *data; void *filter; } transform;

static void *(*init)(int);
static void (*destroy)(void *);
static int (*set)(void *, int, int);
static int (*get)(void *, int);
static int (*read_header)(void *, const uint8_t *, size_t);
static int (*set_scale)(void *, scale);
static size_t (*jpeg_size)(int, int, int);
static size_t (*plane_size)(int, int, int, int, int);
static size_t (*transform_size)(void *, const transform *);
static int (*to_planes)(void *, const uint8_t *, size_t, uint8_t **, int *);
static int (*to_pixels)(void *, const uint8_t *, size_t, uint8_t *, int, int);
static int (*from_planes)(void *, const uint8_t *const *, int, const int *, int, uint8_t **, size_t *);
static int (*turn)(void *, const uint8_t *, size_t, int, uint8_t **, size_t *, const transform *);

static void *function(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "the library lacks %s\n", name);
    exit(1);
  }
  return found;
}

static void bind(const char *path) {
  void *library = dlopen(path, RTLD_NOW);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  init = function(library, "tj3Init");
  destroy = function(library, "tj3Destroy");
  set = function(library, "tj3Set");
  get = function(library, "tj3Get");
  read_header = function(library, "tj3DecompressHeader");
  set_scale = function(library, "tj3SetScalingFactor");
  jpeg_size = function(library, "tj3JPEGBufSize");
  plane_size = function(library, "tj3YUVPlaneSize");
  transform_size = function(library, "tj3TransformBufSize");
  to_planes = function(library, "tj3DecompressToYUVPlanes8");
  to_pixels = function(library, "tj3Decompress8");
  from_planes = function(library, "tj3CompressFromYUVPlanes8");
  turn = function(library, "tj3Transform");
}

static uint32_t state;
static uint32_t below(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

#define CANARY 64
#define MOST (64u << 20)
static unsigned long number, pictures, refusals;

static uint8_t *block(size_t length) {
  uint8_t *bytes = malloc(length + CANARY);
  if (!bytes) abort();
  memset(bytes + length, 0xa5, CANARY);
  return bytes;
}

static void release(uint8_t *bytes, size_t length) {
  for (int i = 0; i < CANARY; i++) {
    if (bytes[length + i] == 0xa5) continue;
    fprintf(stderr, "input %lu: byte %d behind a buffer of %zu was written\n", number, i, length);
    abort();
  }
  free(bytes);
}

/* As #readHeader of turbo.ts, without the comparison with another reading of the header. */
static int accepts(void *handle, const uint8_t *jpeg, size_t length) {
  set(handle, SCANLIMIT, 64);
  set(handle, MAXMEMORY, 64);
  set(handle, MAXPIXELS, 64 * 1024 * 1024);
  set(handle, SAVEMARKERS, 0);
  if (read_header(handle, jpeg, length) != 0) return 0;
  return get(handle, LOSSLESS) == 0 && get(handle, ARITHMETIC) == 0 && get(handle, PRECISION) == 8;
}

static void encode(uint8_t **planes, int *strides, int width, int height, int subsamp) {
  void *handle = init(INIT_COMPRESS);
  set(handle, QUALITY, 1 + (int)below(100));
  set(handle, SUBSAMP, subsamp);
  set(handle, NOREALLOC, 1);
  size_t room = jpeg_size(width, height, subsamp), length = room;
  uint8_t *jpeg = block(room), *out = jpeg;
  if (from_planes(handle, (const uint8_t *const *)planes, width, strides, height, &out, &length) == 0) pictures++;
  release(jpeg, room);
  destroy(handle);
}

static void decode(const uint8_t *jpeg, size_t length) {
  static const int divisors[] = { 1, 2, 4, 8 };
  void *handle = init(INIT_DECOMPRESS);
  int divisor = divisors[below(4)];
  int width, height;
  if (!accepts(handle, jpeg, length)) goto refused;
  width = get(handle, JPEGWIDTH), height = get(handle, JPEGHEIGHT);
  if (width % divisor != 0 || height % divisor != 0) divisor = 1;
  if (set_scale(handle, (scale){ 1, divisor }) != 0) goto refused;
  width /= divisor, height /= divisor;
  if ((size_t)width * height > MOST / 3) goto refused;
  int subsamp = get(handle, SUBSAMP), space = get(handle, COLORSPACE);
  if (subsamp >= 0 && subsamp < SUBSAMPS && (space == CS_YCBCR || space == CS_GRAY)) {
    uint8_t *planes[3] = { 0 };
    size_t sizes[3];
    int strides[3], count = subsamp == SUBSAMP_GRAY ? 1 : 3;
    for (int i = 0; i < count; i++) {
      strides[i] = (width + 3 + 15) / 16 * 16;
      sizes[i] = plane_size(i, width, strides[i], height, subsamp);
      planes[i] = block(sizes[i]);
      memset(planes[i], 128, sizes[i]);
    }
    if (to_planes(handle, jpeg, length, planes, strides) == 0) encode(planes, strides, width, height, subsamp);
    for (int i = 0; i < count; i++) release(planes[i], sizes[i]);
  } else {
    size_t room = 3 * (size_t)width * height;
    uint8_t *pixels = block(room);
    if (to_pixels(handle, jpeg, length, pixels, 3 * width, 0) == 0) pictures++;
    release(pixels, room);
  }
  destroy(handle);
  return;
refused:
  refusals++;
  destroy(handle);
}

static void rotate(const uint8_t *jpeg, size_t length) {
  void *handle = init(INIT_TRANSFORM);
  transform asked = { 0, 0, 0, 0, (int)below(8), PERFECT | COPYNONE, 0, 0 };
  if (accepts(handle, jpeg, length)) {
    size_t room = transform_size(handle, &asked), size = room;
    if (room > 0 && room <= MOST) {
      uint8_t *turned = block(room), *out = turned;
      set(handle, NOREALLOC, 1);
      if (turn(handle, jpeg, length, 1, &out, &size, &asked) == 0) pictures++;
      release(turned, room);
    }
  } else
    refusals++;
  destroy(handle);
}

/* A damaged copy, owned by the caller. */
static uint8_t *mutate(const uint8_t *file, size_t *length) {
  static const uint8_t notable[] = { 0, 1, 0x7f, 0x80, 0xff, 0x11, 0x22, 0x41, 0xc0, 0xc2, 0xc3, 0xc9, 0xda, 0xd9 };
  uint8_t *bytes = malloc(*length);
  if (!bytes) abort();
  memcpy(bytes, file, *length);
  for (uint32_t hits = 1 + below(6); hits > 0; hits--) {
    size_t at = below(2) ? below(*length) : below(*length < 700 ? *length : 700);
    switch (below(4)) {
      case 0: bytes[at] ^= 1 << below(8); break;
      case 1: bytes[at] = below(256); break;
      case 2: bytes[at] = notable[below(sizeof notable)]; break;
      default: if (below(4) == 0 && at > 0) *length = at;
    }
  }
  /* Of just this length, so that reading past it is seen. */
  uint8_t *exact = malloc(*length);
  if (!exact) abort();
  memcpy(exact, bytes, *length);
  free(bytes);
  return exact;
}

static uint8_t *slurp(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length);
  if (!bytes || fread(bytes, 1, *length, file) != *length) exit(1);
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "turbo-asan LIBTURBOJPEG COUNT SEED FILE...\n");
    return 1;
  }
  bind(argv[1]);
  unsigned long count = strtoul(argv[2], 0, 10);
  int files = argc - 4;
  uint8_t **file = calloc(files, sizeof *file);
  size_t *lengths = calloc(files, sizeof *lengths);
  if (!file || !lengths) return 1;
  for (int i = 0; i < files; i++) file[i] = slurp(argv[4 + i], &lengths[i]);
  for (number = 0; number < count; number++) {
    state = (uint32_t)strtoul(argv[3], 0, 10) * 2654435761u + (uint32_t)number * 40503u + 1;
    int pick = below(files);
    size_t length = lengths[pick];
    uint8_t *jpeg = mutate(file[pick], &length);
    decode(jpeg, length);
    rotate(jpeg, length);
    free(jpeg);
  }
  for (int i = 0; i < files; i++) free(file[i]);
  free(file);
  free(lengths);
  printf("%lu pictures, %lu refused\n%lu passed, 0 failed\n", pictures, refusals, count);
  return 0;
}
