import { deviceError, deviceNameText } from '@framehub/capture';
import { jsonValue, recordOf } from '@framehub/frame';
import { detectCameras } from '@framehub/hub';
import {
  type Control,
  type DeviceInfo,
  type FormatDescription,
  type FrameInterval,
  V4l2Camera,
} from 'node-v4l2-camera';
import { stringify } from 'yaml';

/** Prints the connected cameras with all that can be set of them. */
export function devices({ json = false }: { readonly json?: boolean }): void {
  const { devices: found, problems } = detectCameras();
  const warn = (problem: string) => process.stderr.write(`framehub: ${problem}\n`);
  for (const problem of problems) warn(problem);
  const reports = found.flatMap((device, index): DeviceReport[] => {
    try {
      const twins = twinsOf(device, found).map((twin) => found.indexOf(twin));
      return [{ index, source: lastingName(device, found), twins, ...device, ...abilitiesOf(device.path) }];
    } catch (error) {
      // It was just unplugged: the others are listed.
      warn(recordOf(deviceError(error, device.path)).message);
      return [];
    }
  });
  const lines = json ? [deviceJson(reports)] : reports.flatMap(describeDevice);
  process.stdout.write(`${(lines.length > 0 ? lines : [nothingFound()]).join('\n')}\n`);
}

function abilitiesOf(path: string): { formats: readonly FormatDescription[]; controls: readonly Control[] } {
  const camera = V4l2Camera.open(path);
  try {
    return { formats: camera.formats(), controls: camera.controls() };
  } finally {
    camera.close();
  }
}

function nothingFound(): string {
  if (process.platform !== 'linux') return `USB cameras are read on Linux only, and this is ${process.platform}`;
  return 'no camera found: is it plugged in, and does ls /dev/video* show it?';
}

/** A connected camera with all that can be set of it. */
export interface DeviceReport extends NamedDevice {
  /** Its number, and the numbers of cameras with the same USB identity. */
  readonly index: number;
  readonly twins: readonly number[];
  /** What to write into the configuration. */
  readonly source: string;
  readonly card: string;
  readonly formats: readonly FormatDescription[];
  readonly controls: readonly Control[];
}

export function describeDevice(device: DeviceReport): string[] {
  const { index, card, source, twins, formats, controls } = device;
  return [
    `${index}: ${card}`,
    `     ${stringify({ source }, { lineWidth: 0 }).trimEnd()}`,
    ...otherNames(device, source).map((name) => `     also    ${name}`),
    ...(twins.length > 0 ? [`     same identity as ${twins.join(', ')}: only the port differs`] : []),
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

/** `brightness = 128   integer 0 to 255, default 128` */
export function describeControl(control: Control): string {
  const { name, value } = control;
  const present = value === undefined ? '' : ` = ${value}${labelled(control)}`;
  return `${name}${present}   ${[`${control.type}${range(control)}`, ...flagsOf(control)].join(', ')}`;
}

function labelled({ value, menu }: Control): string {
  const label = menu?.find((item) => item.value === value)?.label;
  return label === undefined || label === String(value) ? '' : ` (${label})`;
}

function range({ type, minimum, maximum, step, menu, ...control }: Control): string {
  switch (type) {
    case 'button':
    case 'compound':
      return '';
    case 'boolean':
      return `, default ${control.default}`;
    case 'string':
      return ` of ${minimum} to ${maximum} characters`;
    case 'bitmask':
      return ` up to 0x${maximum.toString(16)}, default 0x${control.default.toString(16)}`;
    default:
      break;
  }
  if (menu) {
    const items = menu.map(({ value, label }) => (label === String(value) ? label : `${value} ${label}`));
    return `: ${items.join(', ')}; default ${control.default}`;
  }
  return ` ${minimum} to ${maximum}${BigInt(step) > 1n ? ` by ${step}` : ''}, default ${control.default}`;
}

function flagsOf({ flags }: Control): string[] {
  const texts: Readonly<Record<keyof typeof flags, string>> = {
    disabled: 'cannot be used',
    grabbed: 'in use by another program',
    readOnly: 'read-only',
    inactive: 'no effect now',
    volatile: 'changed by the camera itself',
    writeOnly: 'write-only',
  };
  return Object.entries(texts).flatMap(([flag, text]) => (flags[flag as keyof typeof flags] ? [text] : []));
}

/** JSON, in which a number that is not exact as a double is a text of digits. */
export function deviceJson(reports: readonly DeviceReport[]): string {
  const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? jsonValue(value) : value);
  return JSON.stringify(reports, exact, 2);
}

/** What identifies a camera. */
export type NamedDevice = Pick<DeviceInfo, 'path' | 'busInfo' | 'byId' | 'byPath' | 'usb'>;

/**
 * The name to configure a camera by: no other connected camera has it, and it means the same camera after a restart. Its
 * USB identity where that is unique, else its port.
 */
export function lastingName(device: NamedDevice, connected: readonly NamedDevice[]): string {
  const { byId, byPath, usb, busInfo, path } = device;
  if (twinsOf(device, connected).length === 0) {
    if (byId[0] !== undefined) return byId[0];
    if (usb?.serial !== undefined) return deviceNameText({ kind: 'usb', ...usb });
  }
  return busInfo === '' ? (byPath[0] ?? path) : deviceNameText({ kind: 'port', port: busInfo });
}

/** Other cameras with the same vendor, product, and serial number or none. */
export function twinsOf<T extends NamedDevice>(device: NamedDevice, connected: readonly T[]): T[] {
  const { usb } = device;
  if (!usb) return [];
  return connected.filter(
    (other) =>
      other.path !== device.path &&
      other.usb?.vendorId === usb.vendorId &&
      other.usb.productId === usb.productId &&
      other.usb.serial === usb.serial,
  );
}

/** Every other name of a camera. */
export function otherNames(device: NamedDevice, lasting: string): string[] {
  const { path, byId, byPath, usb, busInfo } = device;
  const names = [
    path,
    ...(usb ? [deviceNameText({ kind: 'usb', ...usb })] : []),
    `port:${busInfo}`,
    ...byId,
    ...byPath,
  ];
  return names.filter((name) => name !== lasting && name !== 'port:');
}
