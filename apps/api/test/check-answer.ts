import { Ajv, type ValidateFunction } from 'ajv'
import type { LightMyRequestResponse } from 'fastify'
import { mapSchema } from '../src/http/map-schema.js'
import { Empty } from '../src/route.js'
import { operatorRoutes, tenantRoutes } from '../src/routes.js'

const ajv = new Ajv({ strict: false, validateFormats: false })
const routes = [...tenantRoutes, ...operatorRoutes].map((route) => ({
  route,
  // Of two that fit, the one that names more of the path is meant.
  parameters: route.url.split(':').length,
  path: new RegExp(`^${route.url.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`),
}))
routes.sort((one, other) => one.parameters - other.parameters)
const checks = new Map<unknown, ValidateFunction>()

/** @throws where an answer has a field that its schema does not have, or has not what its schema says. */
export function checkAnswer({ method, url }: { method: string; url: string }, response: LightMyRequestResponse): void {
  const [pathname = ''] = url.split('?')
  const found = routes.find(({ route, path }) => route.method === method && path.test(pathname))?.route
  const schema = found?.responses[response.statusCode]
  if (schema === undefined || schema === Empty || found?.answers !== undefined) return
  const check = checks.get(schema) ?? ajv.compile(strictly(schema) as object)
  checks.set(schema, check)
  if (check(response.json())) return
  throw new Error(`${method} ${url} was not answered as its schema says: ${ajv.errorsText(check.errors)}`)
}

/** The schema, of which every object has no fields but those that it names. */
function strictly(schema: unknown): unknown {
  return mapSchema(schema, ({ $id: _, ...rest }) =>
    rest['properties'] === undefined ? rest : { additionalProperties: false, ...rest },
  )
}
