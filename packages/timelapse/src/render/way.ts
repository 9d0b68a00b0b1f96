import { basename, dirname, extname, join } from 'node:path';
import type { Logger } from '@framehub/frame';
import { badOption } from '../errors.js';
import { howToInstall, isInstalled } from './ffmpeg/program.js';
import type { RenderPlan } from './options.js';

/** How a film is made: by ffmpeg, or, without a program, here. */
export interface Way {
  readonly program: string | undefined;
  /** Where it goes: an AVI in place of what ffmpeg would have made, where there is none. */
  readonly output: string;
}

/** Rejects with `TIMELAPSE_INVALID_OPTION` or `TIMELAPSE_FFMPEG_FAILED`. */
export async function findWay(plan: RenderPlan, logger: Logger): Promise<Way> {
  const { output, container, ffmpeg } = plan;
  const [extra] = extrasOf(plan);
  if (container === 'own') {
    if (extra !== undefined) throw badOption(extra, 'in an .avi', 'a film that ffmpeg makes: .mp4, .mov or .mkv');
    return { program: undefined, output };
  }
  const program = ffmpeg ?? 'ffmpeg';
  if (await isInstalled(program)) return { program, output };
  if (ffmpeg !== undefined) throw badOption('ffmpeg', ffmpeg, 'a program that is there');
  const instead = join(dirname(output), `${basename(output, extname(output))}.avi`);
  const without = extra === undefined ? '' : ` without ${extrasOf(plan).join(' and ')}`;
  logger.warn({}, `ffmpeg is not installed (${howToInstall()}): ${instead} is made instead${without}, which is larger`);
  return { program: undefined, output: instead };
}

/** Wishes that only ffmpeg can fulfil. */
function extrasOf({ stamp, deflicker, width }: RenderPlan): string[] {
  const wishes = { stamp, deflicker, width: width !== undefined };
  return Object.entries(wishes).flatMap(([name, wished]) => (wished ? [name] : []));
}
