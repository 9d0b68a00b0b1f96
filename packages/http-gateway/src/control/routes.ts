import { type CameraControl, reportControls } from '@framehub/frame';
import { cameraNamed, cameraOf } from '../find-camera.js';
import type { Asset } from '../page/asset.js';
import { pageRoutes } from '../page/routes.js';
import { reportCamera } from './cameras.js';
import type { House } from './house.js';
import type { Metrics } from './metrics.js';
import { openApiDocument } from './openapi.js';
import { readinessOf } from './readiness.js';
import type { Route } from './route.js';
import { type ControlsReport, schemas } from './schemas.js';
import { readChange } from './settings.js';
import { reportState } from './state.js';

export interface ControlContext extends House {
  readonly metrics: () => Promise<Metrics>;
  /** The files of the page. */
  readonly assets: readonly Asset[];
}

/** The page, the control API, and what watches over the process. */
export function controlRoutes(context: ControlContext): readonly Route[] {
  const routes = [...cameraRoutes(context), ...operationRoutes(context)];
  const document = openApiDocument(routes, context.hub.version);
  return [
    ...routes,
    { method: 'GET', path: '/api/openapi.json', handle: () => ({ body: document }) },
    ...pageRoutes(context.assets),
  ];
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
        summary: 'One camera: state, settings, format, rates, drops and viewers',
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
        summary: 'Changes settings while viewers watch, until the configuration file changes or framehub ends',
        answers: { 200: schemas.camera, 400: problem, 403: problem, 404: problem, 409: problem, 503: problem },
      },
      body: schemas.settingsChange,
      async handle({ params, body }) {
        const { view } = cameraOf(context.hub, params.camera);
        await view.change(readChange(body));
        // Its number may be another meanwhile.
        const changed = cameraNamed(context.hub, view.name);
        return { body: reportCamera(context, changed.view, changed.index) };
      },
    },
    {
      method: 'GET',
      path: '/api/cameras/{camera}/controls',
      doc: {
        summary: 'The controls of a camera with their present values',
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
        summary: 'Sets some of them, and answers with all as read back',
        answers: { 200: schemas.controls, 400: problem, 403: problem, 404: problem, 409: problem, 503: problem },
      },
      body: schemas.controlValues,
      async handle({ params, body }) {
        const values = schemas.controlValues.parse(body);
        const { view } = cameraOf(context.hub, params.camera);
        return { body: controlsAnswer(await view.setControls(values)) };
      },
    },
  ];
}

function controlsAnswer(controls: readonly CameraControl[]): ControlsReport {
  return { controls: reportControls(controls) };
}

function operationRoutes(context: ControlContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/state',
      doc: { summary: 'The state of the first camera, as ustreamer tells it', answers: { 200: schemas.state } },
      handle: () => ({ body: reportState(context, cameraOf(context.hub).view) }),
    },
    {
      method: 'GET',
      path: '/state/{camera}',
      doc: {
        summary: 'The state of one camera, as ustreamer tells it',
        answers: { 200: schemas.state, 404: schemas.problem },
      },
      handle: ({ params }) => ({ body: reportState(context, cameraOf(context.hub, params.camera).view) }),
    },
    {
      method: 'GET',
      path: '/healthz',
      open: true,
      doc: { summary: 'Whether the process lives; needs no password', answers: { 200: schemas.health } },
      handle: () => ({ body: { ok: true } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      doc: {
        summary: 'Whether every camera has a fresh, moving picture, rests because nobody watches, or is switched off',
        answers: { 200: schemas.readiness, 503: schemas.readiness },
      },
      handle() {
        const readiness = readinessOf(context, Date.now());
        return { status: readiness.ready ? 200 : 503, body: readiness };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle() {
        const metrics = await context.metrics();
        return { type: metrics.contentType, body: await metrics.read() };
      },
    },
  ];
}
