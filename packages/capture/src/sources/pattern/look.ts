/** What of the test pattern can be chosen. */
export interface Look {
  /** Luma as it is shown, of luma as it is drawn; both 0 to 255. */
  readonly shade: (luma: number) => number;
  /** Colour bars, or one grey of this luma. */
  readonly ground: 'bars' | number;
  /** Pixels a frame. */
  readonly ballSpeed: number;
  readonly title: string;
}

export const DEFAULT_LOOK: Look = {
  shade: (luma) => luma,
  ground: 'bars',
  ballSpeed: 4,
  title: 'framehub test pattern',
};
