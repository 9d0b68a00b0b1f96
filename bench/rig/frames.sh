#!/bin/sh
# frames.sh mjpg|yuyv WIDTH HEIGHT COUNT OUT: the bench camera's frames as OUT/000.raw, 001.raw, ...
#
# A moving test picture with enough noise that a JPEG is as large as a webcam's (70 KB at 720p). The index, up to 255,
# is drawn in the top left corner as blocks of 32 pixels: white, black, then 8 bits, highest first.
set -e
[ $# -eq 5 ] || { echo "usage: frames.sh mjpg|yuyv WIDTH HEIGHT COUNT OUT" >&2; exit 2; }
format=$1 width=$2 height=$3 count=$4 out=$5
mkdir -p "$out"

block() { echo "drawbox=x=$1:y=0:w=$2:h=32:c=$3:t=fill"; }
picture="testsrc2=size=${width}x$height:rate=30,noise=alls=${NOISE:-4}:allf=t,format=yuv422p"
picture="$picture,$(block 0 320 black),$(block 0 32 white)"
for bit in 7 6 5 4 3 2 1 0; do
  picture="$picture,$(block $(((9 - bit) * 32)) 32 white):enable='mod(floor(n/$((1 << bit))),2)'"
done

case $format in
  mjpg) encode="-pix_fmt yuvj422p -c:v mjpeg -huffman default -q:v ${QUALITY:-6}" ;;
  yuyv) encode="-pix_fmt yuyv422 -c:v rawvideo" ;;
  *) echo "frames.sh: $format: mjpg or yuyv" >&2; exit 2 ;;
esac
# shellcheck disable=SC2086  # the options are words on purpose
ffmpeg -v error -nostdin -y -f lavfi -i "$picture" -frames:v "$count" $encode -start_number 0 -f image2 "$out/%03d.raw"
