import type { ValueOf } from './abi/cell.js';
import {
  CtrlType,
  NEXT_COMPOUND,
  NEXT_CTRL,
  QUERY_EXT_CTRL,
  QUERYCTRL,
  type v4l2_query_ext_ctrl,
  type v4l2_queryctrl,
} from './abi/videodev2.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';

/** A control as the driver describes it. */
export interface ControlQuery {
  readonly id: number;
  /** One of `CtrlType`, or the type of a compound control. */
  readonly type: number;
  /** The label in v4l2-ctl's spelling. */
  readonly name: string;
  /** Human-readable. */
  readonly label: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly step: bigint;
  readonly default: bigint;
  /** Bits of `ControlFlag`. */
  readonly flags: number;
}

/** All controls by ascending id, without the class headings that V4L2 lists among them. */
export function queryControls(file: DeviceFile): ControlQuery[] {
  const queries: ControlQuery[] = [];
  let query = queryNext(file, 0);
  while (query) {
    if (query.type !== CtrlType.CTRL_CLASS) queries.push(query);
    query = queryNext(file, query.id);
  }
  return queries;
}

function queryNext(file: DeviceFile, id: number): ControlQuery | undefined {
  const extended = file.allocate(QUERY_EXT_CTRL.type);
  extended.fields.id = (id | NEXT_CTRL | NEXT_COMPOUND) >>> 0;
  const errno = file.attempt(QUERY_EXT_CTRL, extended);
  if (!errno) return controlQuery(extended.fields);
  if (errno === Errno.EINVAL) return undefined;
  if (errno !== Errno.ENOTTY) throw file.error(errno, QUERY_EXT_CTRL.name);
  return queryNextLegacy(file, id);
}

/** For drivers and kernels (before 3.17) without VIDIOC_QUERY_EXT_CTRL. */
function queryNextLegacy(file: DeviceFile, id: number): ControlQuery | undefined {
  const cell = file.allocate(QUERYCTRL.type);
  cell.fields.id = (id | NEXT_CTRL) >>> 0;
  const errno = file.attempt(QUERYCTRL, cell);
  if (!errno) return controlQuery(cell.fields);
  if (errno === Errno.EINVAL || errno === Errno.ENOTTY) return undefined;
  throw file.error(errno, QUERYCTRL.name);
}

function controlQuery(fields: ValueOf<typeof v4l2_query_ext_ctrl> | ValueOf<typeof v4l2_queryctrl>): ControlQuery {
  return {
    id: fields.id,
    type: fields.type,
    name: nameFromLabel(fields.name),
    label: fields.name,
    minimum: BigInt(fields.minimum),
    maximum: BigInt(fields.maximum),
    step: BigInt(fields.step),
    default: BigInt(fields.default_value),
    flags: fields.flags,
  };
}

/** Lower-case letters and digits, with one underscore for each run of other characters between them. */
function nameFromLabel(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
