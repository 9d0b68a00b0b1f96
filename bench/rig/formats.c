#include "formats.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

#include "camera.h"

static int query_capability(struct v4l2_capability *out) {
  *out = (struct v4l2_capability){
      .driver = "uvcvideo", .card = "Bench Camera", .bus_info = "usb-bench-1", .version = 0x060100};
  out->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
  out->capabilities = out->device_caps | V4L2_CAP_DEVICE_CAPS;
  return 0;
}

static int enumerate_format(struct v4l2_fmtdesc *out) {
  if (out->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || out->index > 0) return fail(EINVAL);
  out->flags = camera.fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
  strcpy((char *)out->description, "bench");
  out->pixelformat = camera.fourcc;
  return 0;
}

static int enumerate_size(struct v4l2_frmsizeenum *out) {
  if (out->index > 0 || out->pixel_format != camera.fourcc) return fail(EINVAL);
  out->type = V4L2_FRMSIZE_TYPE_DISCRETE;
  out->discrete = (struct v4l2_frmsize_discrete){camera.width, camera.height};
  return 0;
}

static int enumerate_interval(struct v4l2_frmivalenum *out) {
  if (out->index > 0 || out->pixel_format != camera.fourcc) return fail(EINVAL);
  if (out->width != camera.width || out->height != camera.height) return fail(EINVAL);
  out->type = V4L2_FRMIVAL_TYPE_DISCRETE;
  out->discrete = (struct v4l2_fract){1, camera.fps};
  return 0;
}

/** Whatever is asked for, it has one format. */
static int negotiate(struct v4l2_format *out) {
  if (out->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  uint32_t w = camera.width, h = camera.height, stride = 0, size = camera.image_size;
  if (camera.fourcc == V4L2_PIX_FMT_YUYV) stride = w * 2, size = stride * h;
  if (camera.fourcc == V4L2_PIX_FMT_BGR24) stride = w * 3, size = stride * h;
  if (camera.fourcc == V4L2_PIX_FMT_NV12) stride = w, size = w * h * 3 / 2;
  out->fmt.pix = (struct v4l2_pix_format){
      .width = w, .height = h, .pixelformat = camera.fourcc, .field = V4L2_FIELD_NONE,
      .bytesperline = stride, .sizeimage = size, .colorspace = V4L2_COLORSPACE_SRGB};
  return 0;
}

static int rate(struct v4l2_streamparm *out) {
  if (out->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
  out->parm.capture = (struct v4l2_captureparm){
      .capability = V4L2_CAP_TIMEPERFRAME, .timeperframe = {1, camera.fps}};
  return 0;
}

static int enumerate_input(struct v4l2_input *out) {
  if (out->index > 0) return fail(EINVAL);
  *out = (struct v4l2_input){.name = "Camera 1", .type = V4L2_INPUT_TYPE_CAMERA};
  return 0;
}

int format_ioctl(uint32_t request, void *argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: return query_capability(argument);
    case VIDIOC_ENUM_FMT: return enumerate_format(argument);
    case VIDIOC_ENUM_FRAMESIZES: return enumerate_size(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return enumerate_interval(argument);
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT: return negotiate(argument);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: return rate(argument);
    case VIDIOC_ENUMINPUT: return enumerate_input(argument);
    case VIDIOC_G_INPUT: return *(int *)argument = 0;
    case VIDIOC_S_INPUT: return *(int *)argument == 0 ? 0 : fail(EINVAL);
    default: return fail(ENOTTY);
  }
}
