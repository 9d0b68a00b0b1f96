import { jsonValue } from '@framehub/frame';
import type { Control, FormatDescription, FrameInterval } from 'node-v4l2-camera';
import { stringify } from 'yaml';
import { type NamedDevice, otherNames } from '../cameras/lasting-name.js';

/** A camera that is connected, with all that can be set of it. */
export interface DeviceReport extends NamedDevice {
  /** Its number, and those of cameras that say the same of themselves. */
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
    ...(twins.length > 0 ? [`     equal to ${twins.join(', ')}: only the port tells them apart`] : []),
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
      return ` of ${minimum} to ${maximum} letters`;
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
  const said: Readonly<Record<keyof typeof flags, string>> = {
    disabled: 'cannot be used',
    grabbed: 'in use by another program',
    readOnly: 'read-only',
    inactive: 'without effect now',
    volatile: 'changed by the camera itself',
    writeOnly: 'write-only',
  };
  return Object.entries(said).flatMap(([flag, text]) => (flags[flag as keyof typeof flags] ? [text] : []));
}

/** JSON, in which a number that is not exact as a double is told in digits. */
export function deviceJson(devices: readonly DeviceReport[]): string {
  const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? jsonValue(value) : value);
  return JSON.stringify(devices, exact, 2);
}
