import { settingFields } from '@framehub/settings';
import { z } from 'zod';
import { type Parameter, SNAPSHOT_PARAMETERS, STREAM_PARAMETERS } from '../query.js';
import { STREAM_TYPE } from '../stream/wire.js';
import { parameterOf, partsOf, type Route } from './router.js';
import { schemas } from './schemas.js';

const { rotate, flip, width, quality } = settingFields;
const [MULTIPART] = STREAM_TYPE.split(';', 1) as [string];

/** The OpenAPI 3.1 document of streams, snapshots and the documented routes. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, object> = framePaths();
  for (const route of routes) {
    if (!route.doc) continue;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: routeOperation(route, route.doc) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'framehub control API',
      version,
      description: 'Frames of cameras, their settings and the state of the process.',
    },
    paths,
  };
}

/** Streams and snapshots, at the plainest of their addresses. */
function framePaths(): Record<string, object> {
  const camera = pathParameter('camera');
  const stream = frameOperation('MJPEG stream, with at least one frame per second', STREAM_PARAMETERS, MULTIPART);
  const snapshot = frameOperation('One JPEG', SNAPSHOT_PARAMETERS, 'image/jpeg');
  return {
    '/stream': { get: stream },
    '/stream/{camera}': { parameters: [camera], get: stream },
    '/snapshot': { get: snapshot },
    '/snapshot/{camera}': { parameters: [camera], get: snapshot },
  };
}

function frameOperation(summary: string, parameters: Readonly<Record<string, Parameter>>, type: string): object {
  const refused = response(400, json(schemas.problem));
  return {
    summary,
    parameters: [
      ...Object.entries({ rotate, flip, width, quality }).map(([name, field]) => queryParameter(name, schemaOf(field))),
      ...Object.entries(parameters).map(([name, { description, schema }]) =>
        queryParameter(name, { description, ...schema }),
      ),
    ],
    responses: { 200: response(200, { [type]: {} }), 400: refused, 404: refused, 503: refused },
  };
}

function routeOperation({ path, body }: Route, { summary, answers }: NonNullable<Route['doc']>): object {
  const names = partsOf(path).flatMap((part) => parameterOf(part) ?? []);
  return {
    summary,
    ...(names.length > 0 && { parameters: names.map(pathParameter) }),
    ...(body && { requestBody: { required: true, content: json(body, 'input') } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, schema]) => [status, response(Number(status), json(schema))]),
    ),
  };
}

function response(status: number, content: object): object {
  return { description: status < 400 ? 'Success' : 'Error', content };
}

function pathParameter(name: string): object {
  return {
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'Name of a camera, or its number from 0.',
  };
}

function queryParameter(name: string, { description, ...schema }: { readonly description?: string }): object {
  return { name, in: 'query', description, schema };
}

function json(schema: z.ZodType, io?: 'input' | 'output'): object {
  return { 'application/json': { schema: schemaOf(schema, io) } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
