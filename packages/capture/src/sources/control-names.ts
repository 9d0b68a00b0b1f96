import type { CameraControl } from '@framehub/frame';

/**
 * Names that one control has had. Source: drivers/media/usb/uvc/uvc_ctrl.c before and since Linux 5.19, which took
 * the names of drivers/media/v4l2-core/v4l2-ctrls-defs.c.
 */
const ALIASES: readonly (readonly string[])[] = [
  ['auto_exposure', 'exposure_auto'],
  ['exposure_time_absolute', 'exposure_absolute'],
  ['exposure_dynamic_framerate', 'exposure_auto_priority'],
  ['focus_automatic_continuous', 'focus_auto'],
  ['white_balance_automatic', 'white_balance_temperature_auto', 'white_balance_component_auto'],
  ['hue_automatic', 'hue_auto'],
];

/** By its name, or by the one that it has under an older or a newer kernel. */
export function findControl<T extends CameraControl>(controls: readonly T[], name: string): T | undefined {
  const aliases = ALIASES.find((names) => names.includes(name)) ?? [];
  return [name, ...aliases].map((one) => controls.find((control) => control.name === one)).find((found) => found);
}

/** Names by their likeness to a mistyped or shortened one, the likest first: by how many pairs of letters they share. */
export function byLikeness(name: string, names: readonly string[]): string[] {
  const wanted = pairsOf(name);
  // Sørensen-Dice coefficient.
  const likeness = (candidate: string): number => {
    const pairs = pairsOf(candidate);
    const shared = [...pairs].filter((pair) => wanted.has(pair)).length;
    return (2 * shared) / (pairs.size + wanted.size);
  };
  return names
    .map((candidate) => ({ candidate, like: likeness(candidate) }))
    .sort((a, b) => b.like - a.like)
    .map(({ candidate }) => candidate);
}

function pairsOf(word: string): Set<string> {
  const padded = ` ${word.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2)));
}
