#!/bin/sh
# build.sh OUT: compiles the bench camera (fakev4l2.so) and the load client (mjpegload) into the folder OUT.
set -e
[ $# -eq 1 ] || { echo "usage: build.sh OUT" >&2; exit 2; }
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")"

compile="${CC:-cc} -O2 -std=gnu11 -Wall -Wextra"
$compile -shared -fPIC -o "$out/fakev4l2.so" fakev4l2.c camera.c formats.c controls.c streaming.c -ldl -pthread
$compile -o "$out/mjpegload" mjpegload.c viewer.c age.c process.c -lturbojpeg
