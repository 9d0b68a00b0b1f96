import { z } from 'zod';
import { picturePaths } from './picture-paths.js';
import { parameterOf, partsOf, type Route } from './route.js';
import { schemas } from './schemas.js';

/** The OpenAPI 3.1 document of pictures and of the routes that are documented. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, object> = picturePaths(pathParameter('camera'), json(schemas.problem));
  for (const route of routes) {
    if (!route.doc) continue;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, route.doc) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'framehub control API',
      version,
      description: 'Pictures of cameras, their settings and the state of the process.',
    },
    paths,
  };
}

function operationOf({ path, body }: Route, { summary, answers }: NonNullable<Route['doc']>): object {
  const names = partsOf(path).flatMap((part) => parameterOf(part) ?? []);
  return {
    summary,
    ...(names.length > 0 && { parameters: names.map(pathParameter) }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, schema]) => [
        status,
        { description: Number(status) < 400 ? 'Done' : 'Not possible', content: json(schema) },
      ]),
    ),
  };
}

function pathParameter(name: string): object {
  return {
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'Name of a camera, or its number.',
  };
}

function json(schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return { 'application/json': { schema: rest } };
}
