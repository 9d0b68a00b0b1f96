/**
 * The value of a control: whole numbers, `bigint` where a 64-bit one does not fit into a number, text for `string`.
 * Booleans are 0 and 1.
 */
export type ControlValue = number | bigint | string;

/**
 * Values by name, as people and programs write them: booleans too, and for a menu the text of an item as well as its
 * number. A source reads them against the controls it has.
 */
export type ControlValues = Readonly<Record<string, ControlValue | boolean>>;

/** One setting of a camera: brightness, exposure … after V4L2's controls. */
export interface CameraControl {
  /** V4L2's name in lower case with underscores, as v4l2-ctl prints it: `exposure_time_absolute`. */
  readonly name: string;
  /** For people: `Exposure Time, Absolute`. */
  readonly label: string;
  readonly type: 'integer' | 'boolean' | 'menu' | 'button' | 'integer64' | 'bitmask' | 'string' | 'other';
  /** Undefined for buttons, and for what the camera does not tell. */
  readonly value: ControlValue | undefined;
  /** Of the value; of a string's length. */
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  readonly step: number | bigint;
  readonly default: number | bigint;
  readonly menu: readonly MenuItem[] | undefined;
  /** Without effect for now, as exposure time while exposure is automatic. */
  readonly inactive: boolean;
  readonly readOnly: boolean;
  /** The camera changes it by itself. */
  readonly volatile: boolean;
  /** In use by another program, for now. */
  readonly grabbed: boolean;
}

export interface MenuItem {
  readonly value: number;
  readonly label: string;
}
