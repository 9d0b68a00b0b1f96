import type { ValueOf } from './abi/cell.js';
import {
  ControlType as Kind,
  NEXT_COMPOUND,
  NEXT_CTRL,
  QUERY_EXT_CTRL,
  QUERYCTRL,
  type v4l2_query_ext_ctrl,
  type v4l2_queryctrl,
} from './abi/control.js';
import type { DeviceFile } from './device-file.js';

const EINVAL = 22;
const ENOTTY = 25;

/** A control as the driver describes it. */
export interface ControlQuery {
  readonly id: number;
  /** One of abi/control's `ControlType`, or a compound one. */
  readonly kind: number;
  /** v4l2-ctl's spelling of the label. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly step: bigint;
  readonly default: bigint;
  /** Of `ControlFlag`. */
  readonly flags: number;
}

/** All controls by rising id, without the headings that V4L2 lists among them. */
export function queryControls(file: DeviceFile): ControlQuery[] {
  const queries: ControlQuery[] = [];
  let query = queryNext(file, 0);
  while (query) {
    if (query.kind !== Kind.CTRL_CLASS) queries.push(query);
    query = queryNext(file, query.id);
  }
  return queries;
}

function queryNext(file: DeviceFile, id: number): ControlQuery | undefined {
  const extended = file.allocate(QUERY_EXT_CTRL.type);
  extended.fields.id = (id | NEXT_CTRL | NEXT_COMPOUND) >>> 0;
  const errno = file.attempt(QUERY_EXT_CTRL, extended);
  if (!errno) return describe(extended.fields);
  if (errno === EINVAL) return undefined;
  if (errno !== ENOTTY) throw file.error(errno, QUERY_EXT_CTRL.name);
  return queryNextPlain(file, id);
}

/** For drivers and kernels (before 3.17) without VIDIOC_QUERY_EXT_CTRL. */
function queryNextPlain(file: DeviceFile, id: number): ControlQuery | undefined {
  const plain = file.allocate(QUERYCTRL.type);
  plain.fields.id = (id | NEXT_CTRL) >>> 0;
  const errno = file.attempt(QUERYCTRL, plain);
  if (!errno) return describe(plain.fields);
  if (errno === EINVAL || errno === ENOTTY) return undefined;
  throw file.error(errno, QUERYCTRL.name);
}

function describe(fields: ValueOf<typeof v4l2_query_ext_ctrl> | ValueOf<typeof v4l2_queryctrl>): ControlQuery {
  return {
    id: fields.id,
    kind: fields.type,
    name: nameOf(fields.name),
    label: fields.name,
    minimum: BigInt(fields.minimum),
    maximum: BigInt(fields.maximum),
    step: BigInt(fields.step),
    default: BigInt(fields.default_value),
    flags: fields.flags,
  };
}

/** Letters and digits in lower case, one underscore for whatever is between them. */
function nameOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
