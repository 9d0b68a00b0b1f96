import type { CameraStatus, Hub } from '@framehub/frame';
import type { Config } from '@framehub/hub/config';

/** What a person wants to know once it runs: what to open, and what is shown there. */
export function bannerLines(hub: Hub, urls: readonly string[]): string[] {
  const [url = ''] = urls;
  const elsewhere = urls.slice(1);
  return [
    '',
    `  framehub ${hub.version}`,
    '',
    `  page       ${url}`,
    ...elsewhere.map((other) => `             ${other}`),
    `  stream     ${url}stream`,
    `  snapshot   ${url}snapshot`,
    `  API        ${url}api/cameras`,
    '',
    ...hub.cameras().map((camera) => `  ${camera.name.padEnd(10)} ${describeCamera(camera.status())}`),
    `  codec      ${hub.codec}`,
    '',
    '  Ctrl-C ends it.',
    '',
  ];
}

/** `/dev/video0 (UVC Camera), MJPG 1280x720, 30 fps, rotated by 180` */
export function describeCamera({ source, format, fps, rendition, error, state }: CameraStatus): string {
  const { rotate, flip } = rendition;
  const parts = [
    source,
    format && `${format.fourcc} ${format.width}x${format.height}`,
    fps.nominal !== undefined && `${Number(fps.nominal.toFixed(2))} fps`,
    rotate && `rotated by ${rotate}`,
    flip && flip !== 'none' && `flipped ${flip === 'both' ? 'both ways' : `${flip}ly`}`,
    state !== 'live' && state,
    error?.message,
  ];
  return parts.filter(Boolean).join(', ');
}

/** What to say when anyone in the network can look, or undefined. */
export function openDoorWarning({ host, authFile }: Config['http']): string | undefined {
  const here = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (here || authFile !== undefined) return undefined;
  return 'anyone in the network can look: guard it with --auth-file FILE, or show it on this machine only with --host 127.0.0.1';
}
