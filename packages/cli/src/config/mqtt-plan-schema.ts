import { FLIPS, ROTATIONS, WIDTH } from '@framehub/frame';
import { faultOfCron } from '@framehub/mqtt-gateway/schedule';
import { z } from 'zod';
import { readDuration } from './duration.js';
import { refuse, wholeNumber } from './rules.js';

const MIN_EVERY_MS = 100;
const MAX_EVERY_MS = 7 * 86_400_000;
const MAX_FPS = 60;
const everyAllowed = "a time from 100ms to 7d such as 10s, 500ms or 2m, or 'never'";
const cronAllowed =
  "five fields such as '0 7-19 * * *' (minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7), or six with seconds first";
const fpsAllowed = `a number above 0, up to ${MAX_FPS}`;

/** What of a camera goes out over MQTT; without defaults, so that what a camera says can be told from what it does not. */
export const mqttPlanFields = {
  every: z
    .string({ error: everyAllowed })
    .transform((value, context): number | 'never' => {
      if (value === 'never') return value;
      const milliseconds = readDuration(value);
      const fits = milliseconds !== undefined && milliseconds >= MIN_EVERY_MS && milliseconds <= MAX_EVERY_MS;
      return fits ? milliseconds : refuse(context, everyAllowed);
    })
    .optional()
    .describe('Time from one snapshot to the next: 10s, 500ms, 2m. Default: never, which is only on command.'),
  cron: z
    .string({ error: cronAllowed })
    .regex(/^\s*[\w*/,?#-]+(\s+[\w*/,?#-]+){4,5}\s*$/, { error: cronAllowed, abort: true })
    .superRefine((pattern, context) => {
      const fault = faultOfCron(pattern);
      if (fault) context.addIssue({ code: 'custom', message: `${cronAllowed}; ${fault.toLowerCase()}` });
    })
    .optional()
    .describe(
      "When snapshots are taken, in place of every: '0 7-19 * * *' is each full hour from 7 to 19, local time.",
    ),
  width: wholeNumber(WIDTH.min, WIDTH.max).optional().describe('Scales snapshots down to this width.'),
  quality: wholeNumber(1, 100).optional().describe('JPEG quality of snapshots.'),
  rotate: z
    .literal(ROTATIONS, { error: ROTATIONS.join(', ') })
    .optional()
    .describe('Degrees clockwise, on top of the camera’s own.'),
  flip: z
    .literal(FLIPS, { error: FLIPS.join(', ') })
    .optional()
    .describe('Mirrors snapshots, before they are rotated.'),
  frames: z
    .strictObject(
      {
        fps: z
          .number({ error: fpsAllowed })
          .positive({ error: fpsAllowed })
          .max(MAX_FPS, { error: fpsAllowed })
          .describe('Frames a second, at most.'),
      },
      'a list of settings, fps',
    )
    .optional()
    .describe('Live frames for who asks for them at frame/request. Default: none.'),
} as const;

type Scheduled = { readonly every?: unknown; readonly cron?: unknown };

/** For a schema of which these fields are a part. */
export function refuseTwoSchedules({ every, cron }: Scheduled, context: z.RefinementCtx): void {
  if (every !== undefined && cron !== undefined)
    context.addIssue({ code: 'custom', path: ['cron'], message: 'either every or cron' });
}

export const mqttPlanSchema = z
  .strictObject(mqttPlanFields, 'a list of settings')
  .superRefine(refuseTwoSchedules)
  .optional()
  .describe('What of this camera goes out over MQTT, in place of what the section mqtt says for all.');

export type MqttPlan = NonNullable<z.output<typeof mqttPlanSchema>>;
