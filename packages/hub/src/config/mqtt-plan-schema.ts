import { FLIPS, parseDuration, QUALITY, ROTATIONS, WIDTH } from '@framehub/frame';
import { faultOfCron } from '@framehub/mqtt-gateway/schedule';
import { oneOf, positiveNumber, refuse, report, wholeNumber } from '@framehub/settings';
import { z } from 'zod';

const MIN_EVERY_MS = 100;
const MAX_EVERY_MS = 7 * 86_400_000;
const MAX_FPS = 60;
const everyAllowed = "a time from 100ms to 7d such as 10s, 500ms or 2m, or 'never'";
const cronAllowed =
  "five fields such as '0 7-19 * * *' (minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7), or six with seconds first";

/** What of a camera goes out over MQTT; without defaults, so that what a camera says can be told from what it does not. */
export const mqttPlanFields = {
  every: z
    .string({ error: everyAllowed })
    .transform((value, context): number | 'never' => {
      if (value === 'never') return value;
      const milliseconds = parseDuration(value);
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
  width: wholeNumber(WIDTH).optional().describe('Scales snapshots down to this width.'),
  quality: wholeNumber(QUALITY).optional().describe('JPEG quality of snapshots.'),
  rotate: oneOf(ROTATIONS).optional().describe('Rotation in degrees clockwise, on top of the camera’s own.'),
  flip: oneOf(FLIPS).optional().describe('Mirrors snapshots, before they are rotated.'),
  frames: z
    .strictObject({ fps: positiveNumber(MAX_FPS).describe('Frames per second, at most.') })
    .optional()
    .describe('Live frames for clients that request them at frame/request. Default: none.'),
} as const;

type Scheduled = { readonly every?: unknown; readonly cron?: unknown };

/** For a schema of which these fields are a part. */
export function refuseTwoSchedules({ every, cron }: Scheduled, context: z.RefinementCtx): void {
  if (every !== undefined && cron !== undefined) report(context, ['cron'], 'every and cron exclude each other');
}

export const mqttPlanSchema = z
  .strictObject(mqttPlanFields)
  .superRefine(refuseTwoSchedules)
  .optional()
  .describe('What of this camera goes out over MQTT, in place of what the section mqtt says for all.');

export type MqttPlan = NonNullable<z.output<typeof mqttPlanSchema>>;
