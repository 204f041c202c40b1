import { STATUS_CODES } from 'node:http'
import type { TObject } from 'typebox'
import { Problem } from '../http/schemas.js'
import { type ProblemCode, problems } from '../problems.js'
import { headersOf } from '../register-routes.js'
import { Empty, type Route } from '../route.js'
import type { Components } from './components.js'
import { type headers, refer } from './headers.js'

type HeaderName = keyof typeof headers

/** Describes one operation, with all that it can answer. */
export function describeOperation(route: Route, components: Components): Record<string, unknown> {
  const { operation, tag, summary, description, scope } = route
  return {
    operationId: operation,
    tags: [tag],
    summary,
    description: [description, tellScope(route)].filter((part) => part !== undefined).join('\n\n'),
    security: [securityOf(scope)],
    ...describeParameters(route, components),
    ...describeBody(route, components),
    responses: { ...describeAnswers(route, components), ...describeProblems(route, components) },
  }
}

function tellScope({ scope, method, adminScope = 'tenants' }: Route): string {
  if (scope === 'admin') {
    return method === 'GET' ? "Needs an admin's key." : `Needs an admin's key with the scope \`${adminScope}\`.`
  }
  return scope === 'any' ? 'Any key of a tenant will do.' : `Needs a key with the scope \`${scope}\`.`
}

function securityOf(scope: Route['scope']): Record<string, string[]> {
  if (scope === 'admin') return { adminKey: [] }
  return { tenantKey: scope === 'any' ? [] : [scope] }
}

function describeParameters(route: Route, components: Components) {
  const parameters = [
    ...parametersIn('path', route.params, components),
    ...parametersIn('query', route.query, components),
    ...parametersIn('header', headersOf(route), components),
  ]
  return parameters.length > 0 ? { parameters } : {}
}

function parametersIn(place: 'path' | 'query' | 'header', given: TObject | undefined, components: Components) {
  if (!given) return []
  const { properties = {}, required = [] } = components.refer(given, 'request')
  return Object.entries(properties as Record<string, Record<string, unknown>>).map(([name, property]) => {
    const { description, ...schema } = property
    return {
      name: place === 'header' ? toHeaderName(name) : name,
      in: place,
      ...((required as string[]).includes(name) ? { required: true } : {}),
      description,
      schema,
    }
  })
}

function toHeaderName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

function describeBody({ body, fileBytesMax, isBodyOptional = false }: Route, components: Components) {
  if (!body) return {}
  const mediaType = fileBytesMax === undefined ? 'application/json' : 'multipart/form-data'
  const { examples: [example] = [] } = body as { examples?: unknown[] }
  return {
    requestBody: {
      required: !isBodyOptional,
      content: {
        [mediaType]: {
          schema: components.refer(body, 'request'),
          ...(example === undefined ? {} : { example }),
        },
      },
    },
  }
}

const everyAnswer: readonly HeaderName[] = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy']

function describeAnswers(route: Route, components: Components) {
  const answers = route.shows === undefined ? route.responses : { ...route.responses, 204: Empty }
  const entries = Object.entries(answers).map(([status, schema]) => {
    const names: HeaderName[] = [...everyAnswer]
    if (route.isIdempotent) names.push('Idempotency-Replayed')
    if (route.hasLocation) names.push('Location')
    if (route.headers && 'prefer' in route.headers.properties) names.push('Preference-Applied')
    const hasBody = schema !== Empty
    return [
      status,
      {
        description: describeStatus(Number(status), route),
        headers: refer(names),
        ...(hasBody
          ? { content: { [route.answers ?? 'application/json']: { schema: components.refer(schema, 'answer') } } }
          : {}),
      },
    ] as const
  })
  return Object.fromEntries(entries)
}

function describeStatus(status: number, { shows }: Route): string {
  const words = `${STATUS_CODES[status] ?? status}.`
  return status === 204 && shows !== undefined ? `${words} It is done; the key may not \`${shows}\`.` : words
}

/** The codes that an operation can answer, besides those that it names. */
function codesOf({
  scope,
  method,
  params,
  query,
  body,
  fileBytesMax,
  isIdempotent,
  errors = [],
}: Route): ProblemCode[] {
  const codes: ProblemCode[] = [
    'unauthenticated',
    'rate_limited',
    'too_many_at_once',
    'internal_error',
    'service_unavailable',
    ...errors,
  ]
  if (scope !== 'admin') codes.push('tenant_suspended', 'network_refused')
  const isForAnyKey = scope === 'any' || (scope === 'admin' && method === 'GET')
  if (!isForAnyKey) codes.push('insufficient_scope')
  if (params) codes.push('not_found')
  if (params ?? query ?? body) codes.push('invalid_request')
  if (body) codes.push('payload_too_large', 'request_timeout', 'unsupported_media_type')
  if (body && fileBytesMax === undefined) codes.push('malformed_json', 'invalid_encoding')
  if (isIdempotent) codes.push('invalid_request', 'idempotency_in_flight', 'idempotency_mismatch')
  return [...new Set(codes)].toSorted()
}

const headersOfStatus: Record<number, readonly HeaderName[]> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  429: ['Retry-After'],
  502: ['Retry-After'],
  503: ['Retry-After'],
}

function describeProblems(route: Route, components: Components) {
  const codesOfRoute = codesOf(route)
  const statuses = [...new Set(codesOfRoute.map((code) => problems[code].status))].toSorted((a, b) => a - b)
  const entries = statuses.map((status) => {
    const codes = codesOfRoute.filter((code) => problems[code].status === status)
    const [only, ...others] = codes
    const make = () => describeProblem(status, codes, components)
    return [status, only && others.length === 0 ? components.referToAnswer(toPascalCase(only), make) : make()]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

function toPascalCase(code: string): string {
  return code.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())
}

function describeProblem(status: number, codes: readonly ProblemCode[], components: Components) {
  const own = { type: 'object', properties: { code: { type: 'string', enum: codes, description: 'What happened.' } } }
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].why}`).join('\n\n'),
    headers: refer([...everyAnswer, ...(headersOfStatus[status] ?? [])]),
    content: { 'application/problem+json': { schema: { allOf: [components.refer(Problem, 'answer'), own] } } },
  }
}
