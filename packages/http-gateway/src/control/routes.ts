import { type CameraControl, type Hub, reportControls } from '@framehub/frame';
import { readControlValues, readSettings } from '@framehub/settings';
import { type Asset, pageRoutes } from '../page.js';
import { type FoundCamera, findCamera, namesOf, pickCamera } from '../target.js';
import type { ControlContext } from './context.js';
import { lazyMetrics } from './metrics.js';
import { openApiDocument } from './openapi.js';
import { reportCamera, reportReadiness, reportUstreamerState } from './reports.js';
import type { Route } from './router.js';
import { type ControlsReport, schemas } from './schemas.js';

/**
 * The control API, the routes for monitoring, and the page.
 *
 * @param assets the files of the page
 */
export function controlRoutes(context: ControlContext, assets: readonly Asset[]): readonly Route[] {
  const routes = [...cameraRoutes(context), ...monitoringRoutes(context)];
  const document = openApiDocument(routes, context.hub.version);
  return [
    ...routes,
    { method: 'GET', path: '/api/openapi.json', handle: () => ({ body: document }) },
    ...pageRoutes(assets),
  ];
}

/** Finds a camera by name or number, the first for an empty text. @throws FramehubError `CAMERA_UNKNOWN` */
function cameraOf(hub: Hub, requested = ''): FoundCamera {
  return findCamera(hub, pickCamera(requested, namesOf(hub)));
}

function cameraRoutes(context: ControlContext): readonly Route[] {
  const { problem } = schemas;
  return [
    {
      method: 'GET',
      path: '/api/cameras',
      doc: { summary: 'All cameras', answers: { 200: schemas.cameras } },
      handle: () => ({
        body: { cameras: context.hub.cameras().map((view, index) => reportCamera(context, view, index)) },
      }),
    },
    {
      method: 'GET',
      path: '/api/cameras/{camera}',
      doc: {
        summary: 'One camera: state, settings, format, frame rates, drops and viewers',
        answers: { 200: schemas.camera, 404: problem },
      },
      handle({ params }) {
        const { view, index } = cameraOf(context.hub, params.camera);
        return { body: reportCamera(context, view, index) };
      },
    },
    {
      method: 'PATCH',
      path: '/api/cameras/{camera}',
      doc: {
        summary:
          'Changes settings while viewers stay connected, until the configuration file changes or framehub stops',
        answers: { 200: schemas.camera, 400: problem, 403: problem, 404: problem, 409: problem, 503: problem },
      },
      body: schemas.settingsChange,
      async handle({ params, body }) {
        const { view } = cameraOf(context.hub, params.camera);
        await view.change(readSettings(body));
        // Its number may have changed meanwhile.
        const changed = findCamera(context.hub, view.name);
        return { body: reportCamera(context, changed.view, changed.index) };
      },
    },
    {
      method: 'GET',
      path: '/api/cameras/{camera}/controls',
      doc: {
        summary: 'The controls of a camera with their current values',
        answers: { 200: schemas.controls, 404: problem, 409: problem, 503: problem },
      },
      handle: async ({ params }) => ({
        body: controlsAnswer(await cameraOf(context.hub, params.camera).view.controls()),
      }),
    },
    {
      method: 'PATCH',
      path: '/api/cameras/{camera}/controls',
      doc: {
        summary: 'Sets controls, and answers with all of them as read back',
        answers: { 200: schemas.controls, 400: problem, 403: problem, 404: problem, 409: problem, 503: problem },
      },
      body: schemas.controlValues,
      async handle({ params, body }) {
        const { view } = cameraOf(context.hub, params.camera);
        return { body: controlsAnswer(await view.setControls(readControlValues(body))) };
      },
    },
  ];
}

function controlsAnswer(controls: readonly CameraControl[]): ControlsReport {
  return { controls: reportControls(controls) };
}

function monitoringRoutes(context: ControlContext): readonly Route[] {
  const metrics = lazyMetrics(context);
  return [
    {
      method: 'GET',
      path: '/state',
      doc: { summary: 'The state of the first camera in the form of ustreamer', answers: { 200: schemas.state } },
      handle: () => ({ body: reportUstreamerState(context, cameraOf(context.hub).view) }),
    },
    {
      method: 'GET',
      path: '/state/{camera}',
      doc: {
        summary: 'The state of one camera in the form of ustreamer',
        answers: { 200: schemas.state, 404: schemas.problem },
      },
      handle: ({ params }) => ({ body: reportUstreamerState(context, cameraOf(context.hub, params.camera).view) }),
    },
    {
      method: 'GET',
      path: '/healthz',
      open: true,
      doc: { summary: 'Whether the process is alive; needs no credentials', answers: { 200: schemas.health } },
      handle: () => ({ body: { ok: true } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      doc: {
        summary: 'Whether every camera delivers fresh frames, is on standby without viewers, or is off',
        answers: { 200: schemas.readiness, 503: schemas.readiness },
      },
      handle() {
        const readiness = reportReadiness(context, Date.now());
        return { status: readiness.ready ? 200 : 503, body: readiness };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle() {
        const { contentType, read } = await metrics();
        return { type: contentType, body: await read() };
      },
    },
  ];
}
