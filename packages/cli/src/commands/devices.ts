import { deviceError } from '@framehub/capture';
import { type Control, type FormatDescription, type FrameInterval, V4l2Camera } from 'node-v4l2-camera';
import { detectCameras } from '../cameras/detect.js';

/** Prints the cameras that are connected, with all that can be set of them. */
export function devices({ json = false }: { readonly json?: boolean }): void {
  const { devices, problems } = detectCameras();
  const warn = (problem: string) => process.stderr.write(`framehub: ${problem}\n`);
  for (const problem of problems) warn(problem);
  const described = devices.flatMap((device, index) => {
    try {
      return [{ index, ...device, ...abilitiesOf(device.path) }];
    } catch (error) {
      // Pulled out just now: the others are listed all the same.
      warn(deviceError(error, device.path).message);
      return [];
    }
  });
  if (json) {
    process.stdout.write(
      `${JSON.stringify(described, (_, value) => (typeof value === 'bigint' ? Number(value) : value), 2)}\n`,
    );
    return;
  }
  const lines = described.flatMap(describe);
  process.stdout.write(`${(lines.length > 0 ? lines : [nothingFound()]).join('\n')}\n`);
}

type Described = ReturnType<typeof detectCameras>['devices'][number] & { index: number } & Abilities;

interface Abilities {
  readonly formats: readonly FormatDescription[];
  readonly controls: readonly Control[];
}

function abilitiesOf(path: string): Abilities {
  const camera = V4l2Camera.open(path);
  try {
    return { formats: camera.formats(), controls: camera.controls() };
  } finally {
    camera.close();
  }
}

function describe({ index, card, path, byId, byPath, usb, formats, controls }: Described): string[] {
  const identity = usb && `usb:${[usb.vendorId, usb.productId, usb.serial].filter(Boolean).join(':')}`;
  return [
    `${index}: ${card}`,
    ...[path, identity, ...byId, ...byPath].filter(Boolean).map((name) => `     --camera ${name}`),
    '   formats',
    ...formats.map(({ fourcc, sizes }) => `     ${fourcc}  ${sizes.map(describeSize).join(', ')}`),
    '   controls',
    ...controls.map((control) => `     ${describeControl(control)}`),
  ];
}

function describeSize(size: FormatDescription['sizes'][number]): string {
  if (size.type !== 'discrete') return `${size.minWidth}x${size.minHeight} to ${size.maxWidth}x${size.maxHeight}`;
  const rates = size.intervals.map(describeRate).join('/');
  return `${size.width}x${size.height}${rates && ` ${rates} fps`}`;
}

function describeRate(interval: FrameInterval): string {
  const rate = ({ numerator, denominator }: { numerator: number; denominator: number }) =>
    Number((denominator / numerator).toFixed(2));
  return interval.type === 'discrete' ? `${rate(interval)}` : `${rate(interval.max)} to ${rate(interval.min)}`;
}

function describeControl({ name, value, minimum, maximum, menu, flags }: Control): string {
  const allowed = menu ? menu.map((item) => `${item.value} ${item.label}`).join(', ') : `${minimum} to ${maximum}`;
  return `${name} = ${value ?? '?'} (${allowed})${flags.inactive ? ', without effect now' : ''}`;
}

function nothingFound(): string {
  if (process.platform !== 'linux') return `USB cameras are read on Linux only, and this is ${process.platform}`;
  return 'no camera found: is it plugged in, and does ls /dev/video* show it?';
}
