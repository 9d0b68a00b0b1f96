/** Whole numbers; `bigint` for `integer64`, text for `string`. */
export type ControlValue = number | bigint | string;

export type ControlType =
  | 'integer'
  | 'boolean'
  | 'menu'
  | 'button'
  | 'integer64'
  | 'string'
  | 'bitmask'
  | 'integer-menu'
  /** Arrays and structs, whose values this package does not read. */
  | 'compound';

export interface MenuItem {
  /** What to set the control to. */
  readonly value: number;
  /** The item's text; for an integer menu, its number. */
  readonly label: string;
}

/** After struct v4l2_query_ext_ctrl's flags. */
export interface ControlFlags {
  /** Cannot be used at all. */
  readonly disabled: boolean;
  /** In use by another program, for now. */
  readonly grabbed: boolean;
  readonly readOnly: boolean;
  /** Without effect for now, as exposure time while exposure is automatic. */
  readonly inactive: boolean;
  /** The camera changes it by itself. */
  readonly volatile: boolean;
  readonly writeOnly: boolean;
}

/** One setting of a camera. */
export interface Control {
  /** V4L2_CID_… */
  readonly id: number;
  /** As v4l2-ctl prints it: `exposure_time_absolute`. */
  readonly name: string;
  /** For people: `Exposure Time, Absolute`. */
  readonly label: string;
  readonly type: ControlType;
  /** Of the value; of a string's length. `bigint` for `integer64`. */
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  readonly step: number | bigint;
  readonly default: number | bigint;
  /** Undefined for buttons, compound and write-only controls, and when the camera does not tell. */
  readonly value: ControlValue | undefined;
  /** For `menu` and `integer-menu`. */
  readonly menu: readonly MenuItem[] | undefined;
  readonly flags: ControlFlags;
}

/** A control was changed: by another program, by the camera, or because a control that it hangs on was. */
export interface ControlEvent {
  readonly id: number;
  /** As in `Control`. */
  readonly name: string;
  /** Its value may have changed: drivers say so, too, when only a control that it hangs on has. */
  readonly valueChanged: boolean;
  /** `Control.flags` have changed: it has become inactive, say. */
  readonly flagsChanged: boolean;
  /** Minimum, maximum, step or default have changed. */
  readonly rangeChanged: boolean;
  /** Its present value; undefined as in `Control`. */
  readonly value: ControlValue | undefined;
}
