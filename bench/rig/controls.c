#include "controls.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stddef.h>
#include <string.h>

#include "camera.h"

#define INTEGER V4L2_CTRL_TYPE_INTEGER
#define MENU V4L2_CTRL_TYPE_MENU

static struct {
  struct v4l2_queryctrl description; /* id, type, name, minimum, maximum, step, default */
  int32_t value;
} controls[] = {
    /* ascending ids: V4L2_CTRL_FLAG_NEXT_CTRL walks them in this order */
    {{V4L2_CID_BRIGHTNESS, INTEGER, "Brightness", 0, 255, 1, 128, 0, {0}}, 128},
    {{V4L2_CID_EXPOSURE_AUTO, MENU, "Auto Exposure", 0, 3, 1, 3, 0, {0}}, 3},
    {{V4L2_CID_EXPOSURE_ABSOLUTE, INTEGER, "Exposure Time, Absolute", 1, 5000, 1, 157, 0, {0}}, 157},
};
#define CONTROLS (sizeof controls / sizeof *controls)

static int query(struct v4l2_queryctrl *out) {
  const uint32_t flags = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
  uint32_t id = out->id & ~flags;
  for (size_t i = 0; i < CONTROLS; i++) {
    if (out->id & flags ? controls[i].description.id > id : controls[i].description.id == id) {
      *out = controls[i].description;
      return 0;
    }
  }
  return fail(EINVAL);
}

static int query_menu(struct v4l2_querymenu *out) {
  if (out->id != V4L2_CID_EXPOSURE_AUTO) return fail(EINVAL);
  if (out->index != V4L2_EXPOSURE_MANUAL && out->index != V4L2_EXPOSURE_APERTURE_PRIORITY) return fail(EINVAL);
  strcpy((char *)out->name, out->index == V4L2_EXPOSURE_MANUAL ? "Manual Mode" : "Aperture Priority Mode");
  return 0;
}

static int32_t *value_of(uint32_t id) {
  for (size_t i = 0; i < CONTROLS; i++) {
    if (controls[i].description.id == id) return &controls[i].value;
  }
  return NULL;
}

static int get(struct v4l2_control *out) {
  const int32_t *value = value_of(out->id);
  if (!value) return fail(EINVAL);
  out->value = *value;
  return 0;
}

static int set(const struct v4l2_control *in) {
  int32_t *value = value_of(in->id);
  if (!value) return fail(EINVAL);
  *value = in->value;
  return 0;
}

int control_ioctl(uint32_t request, void *argument) {
  switch (request) {
    case VIDIOC_QUERYCTRL: return query(argument);
    case VIDIOC_QUERYMENU: return query_menu(argument);
    case VIDIOC_G_CTRL: return get(argument);
    case VIDIOC_S_CTRL: return set(argument);
    default: return fail(ENOTTY);
  }
}
