/**
 * Serves one camera to one `/stream` viewer for a number of frames, or sets one of its controls that many times, and ends.
 * With NODE_V8_COVERAGE set, V8 then writes how often each function ran: see ways.mjs.
 */
import { Agent, get, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup/command.mjs';

const [way, device, format, fps, count] = process.argv.slice(2);
const { serve } = await import(pathToFileURL(join(root, 'packages/cli/dist/index.js')).href);
const server = await serve({
  cameras: { garage: { source: device, format, size: '640x480', fps: Number(fps) } },
  http: { port: 0, host: '127.0.0.1' },
});
const { port } = new URL(server.urls[0]);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

await (way === 'control' ? setControls(Number(count)) : watch(Number(count)));
agent.destroy();
await server.close();

function watch(frames) {
  return new Promise((resolve, reject) => {
    let seen = 0;
    get(`http://127.0.0.1:${port}/stream`, (response) => {
      response.on('data', (chunk) => {
        seen += chunk.toString('latin1').split('X-Timestamp').length - 1;
        if (seen < frames) return;
        response.destroy();
        resolve();
      });
      response.on('error', () => resolve());
    }).on('error', reject);
  });
}

async function setControls(times) {
  await watch(1);
  for (let i = 0; i < times; i++) {
    const body = JSON.stringify({ brightness: 100 + (i % 20) });
    await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const options = { method: 'PATCH', headers, agent };
      const sent = request(`http://127.0.0.1:${port}/api/cameras/garage/controls`, options, (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.resume().on('end', resolve);
      });
      sent.on('error', reject).end(body);
    });
  }
}
