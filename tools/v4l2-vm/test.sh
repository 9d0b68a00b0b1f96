#!/bin/bash
# Runs the tests that need cameras: builds the VM, boots it and runs packages/*/vm/*.vm.test.mjs
# in it against the built packages. Ends with `N passed, N failed`; the status tells, too.
# usage: test.sh [PART-OF-A-PATH...]        (as root; see README.md)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ -e "$root/packages/node-v4l2-camera/dist/index.js" ] || { echo "test.sh: build the packages first: npm run build" >&2; exit 2; }
command -v djpeg > /dev/null || { echo "test.sh: no djpeg to look at pictures with: install libjpeg-turbo-progs" >&2; exit 2; }
"$here/build.sh"
frames=${V4L2_VM_CACHE:-/tmp/v4l2-vm}/sysroot/usr/local/share/usbcam/mjpeg/.done
[ -e "$frames" ] || { echo "test.sh: no sample frames: install ffmpeg" >&2; exit 2; }
exec "$here/run.sh" -t "${V4L2_VM_TIMEOUT:-2700}" -d "$root" -- node "$here/run-tests.mjs" "$@"
