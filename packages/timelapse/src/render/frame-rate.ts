/** Frames a second as films have it. */
export interface FrameRate {
  readonly rate: number;
  readonly scale: number;
}

/** The fraction that is meant by a rate: 29.97 is 30000/1001, as in television; others are exact to a thousandth. */
export function frameRateOf(fps: number): FrameRate {
  if (Number.isInteger(fps)) return { rate: fps, scale: 1 };
  const whole = Math.ceil(fps);
  if (Math.abs((whole * 1000) / 1001 - fps) < 0.005) return { rate: whole * 1000, scale: 1001 };
  return { rate: Math.round(fps * 1000), scale: 1000 };
}
