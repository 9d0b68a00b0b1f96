/** One text to copy. */
export interface Address {
  readonly label: string;
  readonly text: string;
}

/** Addresses of a camera that one program asks for. */
export interface AddressGroup {
  readonly program: string;
  /** Where to enter them. */
  readonly hint: string;
  readonly addresses: readonly Address[];
}

/** @param base the hub's address, with a slash at its end */
export function addressesOf(
  base: string,
  camera: string,
): { plain: readonly Address[]; programs: readonly AddressGroup[] } {
  const name = encodeURIComponent(camera);
  const stream = `${base}stream/${name}`;
  const snapshot = `${base}snapshot/${name}`;
  const socket = `${base.replace(/^http/, 'ws')}ws/${name}`;
  return {
    plain: [
      { label: 'Stream', text: stream },
      { label: 'Snapshot', text: snapshot },
    ],
    programs: [
      {
        program: 'OctoPrint',
        hint: 'Settings, Classic Webcam',
        addresses: [
          { label: 'Stream URL', text: stream },
          { label: 'Snapshot URL', text: snapshot },
        ],
      },
      {
        program: 'Mainsail, Fluidd',
        hint: 'Settings, Webcams; or in moonraker.conf',
        addresses: [
          { label: 'URL Stream', text: stream },
          { label: 'URL Snapshot', text: snapshot },
          { label: 'moonraker.conf', text: moonraker(camera, stream, snapshot) },
        ],
      },
      {
        program: 'Duet Web Control',
        hint: 'Settings, General, Webcam',
        addresses: [
          { label: 'Webcam URL', text: snapshot },
          { label: 'Live URL', text: stream },
        ],
      },
      {
        program: 'Home Assistant',
        hint: 'Add integration, MJPEG IP Camera; with MQTT it is discovered automatically',
        addresses: [
          { label: 'MJPEG URL', text: stream },
          { label: 'Still image URL', text: snapshot },
        ],
      },
      {
        program: 'MQTT',
        hint: 'If framehub is connected to an MQTT server: JPEGs, retained',
        addresses: [{ label: 'Topic', text: `framehub/${camera}/snapshot` }],
      },
      {
        program: 'Web page',
        hint: 'The element pauses while it cannot be seen, and marks old frames',
        addresses: [
          { label: 'Image', text: `<img src="${stream}" alt="${camera}">` },
          { label: 'Element', text: element(base, camera) },
          { label: 'WebSocket of JPEGs', text: socket },
        ],
      },
    ],
  };
}

/** Whether other machines cannot reach the host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

function moonraker(camera: string, stream: string, snapshot: string): string {
  return `[webcam ${camera}]\nservice: mjpegstreamer\nstream_url: ${stream}\nsnapshot_url: ${snapshot}`;
}

function element(base: string, camera: string): string {
  return `<script type="module" src="${base}framehub-view.js"></script>\n<framehub-view camera="${camera}"></framehub-view>`;
}
