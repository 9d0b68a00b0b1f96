/** Formats as `v4l2-ctl --list-formats-ext` prints them. */
export function printFormats(formats, type = 'Video Capture') {
  const lines = ['ioctl: VIDIOC_ENUM_FMT', `\tType: ${type}`, ''];
  for (const [i, { fourcc, description, compressed, emulated, sizes }] of formats.entries()) {
    const marks = [description, compressed && 'compressed', emulated && 'emulated'].filter(Boolean);
    lines.push(`\t[${i}]: '${fourcc}' (${marks.join(', ')})`);
    for (const size of sizes) {
      lines.push(`\t\tSize: ${printSize(size)}`);
      for (const { numerator, denominator } of size.intervals ?? []) {
        const seconds = (numerator / denominator).toFixed(3);
        const rate = (denominator / numerator).toFixed(3);
        lines.push(`\t\t\tInterval: Discrete ${seconds}s (${rate} fps)`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function printSize(size) {
  if (size.type === 'discrete') return `Discrete ${size.width}x${size.height}`;
  const range = `${size.minWidth}x${size.minHeight} - ${size.maxWidth}x${size.maxHeight}`;
  if (size.type === 'continuous') return `Continuous ${range}`;
  return `Stepwise ${range} with step ${size.stepWidth}/${size.stepHeight}`;
}

/** The number that usbcam draws into a YUYV frame: 32 cells across the top rows, white is 1, high bit first. */
export function yuyvNumber(bytes, width) {
  let number = 0;
  for (let bit = 0; bit < 32; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / 32);
    number = number * 2 + (bytes[2 * (8 * width + x)] > 128 ? 1 : 0);
  }
  return number;
}

/**
 * Our controls and v4l2-ctl's, in the same form: what v4l2-ctl prints about each.
 *
 * @param text of `v4l2-ctl --list-ctrls-menus`
 * @returns pairs [ours, theirs]
 */
export function compareControls(controls, text) {
  const theirs = parseControls(text);
  const byName = new Map(controls.map((control) => [control.name, control]));
  return [
    [...byName.keys()].map((name) => [name, theirs.has(name) && describeAs(byName.get(name), theirs.get(name))]),
    [...theirs],
  ];
}

/** One of our controls, reduced to the fields that v4l2-ctl printed. */
function describeAs(control, { keys, menu }) {
  const { id, type, minimum: min, maximum: max, step, default: initial, value, flags } = control;
  const known = { id, type: TYPES[type], min, max, step, default: initial, value, flags: flagNames(flags) };
  return {
    keys: Object.fromEntries(Object.keys(keys).map((key) => [key, String(known[key])])),
    menu: menu && control.menu.map((item) => [item.value, item.label]),
  };
}

const TYPES = {
  integer: 'int',
  boolean: 'bool',
  menu: 'menu',
  'integer-menu': 'intmenu',
  button: 'button',
  integer64: 'int64',
  string: 'str',
  bitmask: 'bitmask',
  compound: 'compound',
};
const COMPOUND = new Set(['u8', 'u16', 'u32', 'area']);
const FLAGS = new Map([
  ['disabled', 'disabled'],
  ['grabbed', 'grabbed'],
  ['read-only', 'readOnly'],
  ['inactive', 'inactive'],
  ['write-only', 'writeOnly'],
  ['volatile', 'volatile'],
]);
const flagNames = (flags) =>
  [...FLAGS]
    .filter(([, key]) => flags[key])
    .map(([name]) => name)
    .join();

function parseControls(text) {
  const controls = new Map();
  let last;
  for (const line of text.split('\n')) {
    const control = /^\s*(\w+) 0x([0-9a-f]{8}) \((\w+) *\)\s*: (.*)$/.exec(line);
    const item = /^\t+(\d+): (.*)$/.exec(line);
    if (control) {
      last = parseControl(control);
      controls.set(control[1], last);
    } else if (item) {
      last.menu ??= [];
      // Integer menus are printed as `5 (0x5)`.
      last.menu.push([Number(item[1]), last.keys.type === 'intmenu' ? item[2].split(' ')[0] : item[2]]);
    }
  }
  return controls;
}

function parseControl([, , id, printedType, rest]) {
  const type = COMPOUND.has(printedType) ? 'compound' : printedType;
  const printed = Object.fromEntries(
    [...rest.matchAll(/(min|max|step|default|value)=('[^']*'|\S+)/g)].map(([, key, value]) => [key, value]),
  );
  const flags = (/flags=(.*)$/.exec(rest)?.[1] ?? '').split(', ').filter((name) => FLAGS.has(name));
  if (type === 'bitmask') {
    // Printed as hexadecimal limits and a signed value.
    for (const key of Object.keys(printed)) printed[key] = String(Number(printed[key]) >>> 0);
  }
  if (printed.value?.startsWith("'")) printed.value = printed.value.slice(1, -1);
  // Buttons have no value, compound controls none that we read, and volatile ones change.
  if (type === 'button' || type === 'compound' || flags.includes('volatile')) delete printed.value;
  return {
    keys: { id: String(Number.parseInt(id, 16)), type, ...printed, flags: sorted(flags) },
    menu: undefined,
  };
}

const sorted = (flags) => [...FLAGS.keys()].filter((name) => flags.includes(name)).join();
