/**
 * What is measured. Each case runs every program with the same camera and the same load; `metrics` are the figures that
 * are reported, `over: 'websocket'` how viewers connect where a program has that, `rounds` how often the camera is
 * pulled out, which only root can do, `targets` what framehub has to reach: at most `atMost`, of the figure itself or,
 * with `of`, of its ratio to that program's.
 */

const mjpg = { format: 'MJPG', width: 1280, height: 720, fps: 30 };
const yuyv = { ...mjpg, format: 'YUYV' };

const fanOut = (viewers, targets = []) => ({
  title: `${viewers} viewer${viewers > 1 ? 's' : ''}`,
  camera: mjpg,
  viewers,
  targets,
});

export const scenarios = [
  {
    name: 'fan-out',
    title: 'MJPG 720p30 to many viewers',
    metrics: ['cpu_us_per_frame', 'age_p50_ms', 'age_p99_ms', 'fps_per_client', 'rss_mib'],
    cases: [
      fanOut(1),
      fanOut(8),
      fanOut(64, [
        { metric: 'cpu_us_per_frame', of: 'ustreamer', atMost: 0.5 },
        { metric: 'age_p99_ms', atMost: 10 },
      ]),
      fanOut(256),
    ],
  },
  {
    name: 'slow-viewer',
    title: 'A viewer reading 250 KB/s of MJPG 720p10',
    metrics: ['age_p50_ms', 'age_max_ms', 'fps_per_client'],
    seconds: 15,
    cases: [
      {
        title: '1 slow viewer',
        camera: { ...mjpg, fps: 10 },
        viewers: 1,
        slowRate: 250_000,
        targets: [{ metric: 'age_p50_ms', atMost: 600 }],
      },
    ],
  },
  {
    name: 'dashboards',
    title: 'MJPG 720p30 to WebSockets, and to MJPEG viewers where a program has none',
    metrics: ['cpu_us_per_frame', 'age_p50_ms', 'age_p99_ms', 'fps_per_client', 'rss_mib'],
    cases: [
      {
        title: '200 sockets',
        camera: mjpg,
        viewers: 200,
        over: 'websocket',
        targets: [{ metric: 'cpu_us_per_frame', of: 'ustreamer', atMost: 0.35 }],
      },
    ],
  },
  {
    name: 'slow-dashboard',
    title: 'A WebSocket reading 250 KB/s of MJPG 720p10, and an MJPEG viewer where a program has none',
    metrics: ['age_p50_ms', 'age_max_ms', 'fps_per_client'],
    seconds: 15,
    cases: [
      {
        title: '1 slow socket',
        camera: { ...mjpg, fps: 10 },
        viewers: 1,
        over: 'websocket',
        slowRate: 250_000,
        targets: [{ metric: 'age_p50_ms', atMost: 500 }],
      },
    ],
  },
  {
    name: 'encode',
    title: 'YUYV 720p30 to JPEG of quality 80 for one viewer',
    metrics: ['cpu_ms_per_frame', 'age_p50_ms', 'age_p99_ms', 'fps_per_client', 'kb_per_frame'],
    cases: [
      {
        title: '1 viewer',
        camera: yuyv,
        viewers: 1,
        targets: [
          { metric: 'cpu_ms_per_frame', of: 'ustreamer', atMost: 1 },
          { metric: 'age_p50_ms', atMost: 20 },
        ],
      },
    ],
  },
  {
    name: 'recovery',
    title: 'A camera that is pulled out under a viewer, and plugged in again',
    root: true,
    metrics: ['told_ms', 'told_max_ms', 'back_ms', 'back_max_ms'],
    cases: [
      {
        title: 'MJPG 720p30',
        camera: mjpg,
        rounds: 10,
        targets: [
          { metric: 'told_max_ms', atMost: 2000 },
          { metric: 'back_max_ms', atMost: 3000 },
        ],
      },
    ],
  },
  {
    name: 'idle',
    title: 'Nobody watches',
    metrics: ['cpu_percent', 'rss_mib'],
    seconds: 10,
    cases: [mjpg, yuyv].map((camera) => ({
      title: `${camera.format} 720p30`,
      camera,
      viewers: 0,
      targets: [{ metric: 'cpu_percent', atMost: 1 }],
    })),
  },
  {
    name: 'memory',
    title: 'One camera and 64 viewers',
    metrics: ['rss_mib'],
    seconds: 15,
    cases: [mjpg, yuyv].map((camera) => ({
      title: `${camera.format} 720p30`,
      camera,
      viewers: 64,
      targets: [{ metric: 'rss_mib', atMost: 120 }],
    })),
  },
];

/** How the figures are called and written. */
export const metrics = {
  cpu_us_per_frame: { label: 'CPU µs per frame delivered', digits: 0 },
  cpu_ms_per_frame: { label: 'CPU ms per frame', digits: 2 },
  cpu_percent: { label: 'CPU %', digits: 2 },
  age_p50_ms: { label: 'age p50, ms', digits: 1 },
  age_p99_ms: { label: 'age p99, ms', digits: 1 },
  age_max_ms: { label: 'age max, ms', digits: 0 },
  fps_per_client: { label: 'fps', digits: 1 },
  kb_per_frame: { label: 'KB per frame', digits: 0 },
  told_ms: { label: 'placeholder after, ms', digits: 0 },
  told_max_ms: { label: 'at most, ms', digits: 0 },
  back_ms: { label: 'has the picture back after, ms', digits: 0 },
  back_max_ms: { label: 'at most, ms', digits: 0 },
  rss_mib: { label: 'RSS, MiB', digits: 0 },
};
