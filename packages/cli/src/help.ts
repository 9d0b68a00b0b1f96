import { SIZE_TABLE } from '@framehub/hub/config';

const sizes = SIZE_TABLE.map(({ width, height }, index) => `${index} ${width}x${height}`);

/** Explains the values that an option's one line has no room for. */
export const cameraHelp = `
Cameras are named by any of:
  0, 1 …                       the first, second … that 'framehub devices' lists
  /dev/video2                  a path
  usb-046d_C920-video-index0   a name in /dev/v4l/by-id
  usb:046d:082d[:SERIAL]       maker, product and serial number
  serial:SERIAL                serial number alone
  port:usb-0000:00:14.0-1      where it is plugged in
  pattern[:640x480][@15]       a moving test pattern
  file:PATH                    a folder of JPEGs, or an .mjpeg file
  http://HOST/stream           another server's stream or snapshot address
Its user and password may also come from the environment:
FRAMEHUB_CAMERA_USERNAME, FRAMEHUB_CAMERA_PASSWORD.
'framehub devices' prints the name that lasts first.
A name in front is used in addresses: garage=/dev/video0 is /stream/garage.

Sizes by number: ${sizes.slice(0, 5).join(', ')},
  ${sizes.slice(5).join(', ')}.
A camera that lacks a size delivers its next smaller one.
`;

export const examples = `
Examples:
  framehub                           the connected camera, or a test pattern
  framehub --camera 0 --rotate 180 --port 8080
  framehub --camera garage=/dev/video0 --camera door=http://door/stream
  framehub --config framehub.yaml
  framehub -file usbStream.config    usbStream's options, with one dash or two
  framehub snapshot -o now.jpg --camera 0
  framehub --mqtt embedded --mqtt-every 10s
  framehub timelapse --from http://pi4:8090 --every 10s --out garage
`;
