import { isLongRun } from '@tellwire/testing'
import type { Route } from '../src/route.js'

/** Makes requests out of the schemas of operations: what fits them, and what is as far from it as can be. */

type Schema = Record<string, unknown>

export interface GeneratedRequest {
  method: Route['method']
  url: string
  headers: Record<string, string>
  /** JSON text; undefined for a request without a body. */
  body: string | undefined
  /** What was put where, for whoever reads that it failed. */
  what: string
}

/** What no schema expects, or only just. Each is put in the place of every field. */
export const hostileValues: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  3e9,
  2 ** 53,
  '9'.repeat(40),
  'NaN',
  'Infinity',
  '1e999',
  '9999-12-31T23:59:59-23:59',
  '10000-01-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '2026-11-21T18:00:00.000Z',
  'x'.repeat(5_000),
  '\u{202e}\u{1f600}'.repeat(50),
  '../../etc/passwd',
  '%00',
  'a\0b',
  "'; DROP TABLE tenants; --",
  '__proto__',
  [],
  [[]],
  [null],
  Array.from({ length: 600 }, (_, index) => `u_${index}`),
  {},
  { a: { b: { c: 1 } } },
  { __proto__: { constructor: 1 } },
  'ntf_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  'dlv_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  'con_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  'ntf_00000000000000000000000000',
]

/**
 * One of so many cases, in turn over all kinds of them. All of them, which takes minutes, where PROPERTY_STEPS asks for a long run.
 * @param oneOf has no factor in common with the number of cases of a kind, so that none is left out.
 */
export function thinned<Case>(cases: readonly Case[], oneOf: number): Case[] {
  return isLongRun ? [...cases] : cases.filter((_, index) => index % oneOf === 0)
}

/** A value that fits a schema, with as little as it needs. */
export function sampleOf(schema: unknown): unknown {
  const {
    examples,
    const: only,
    enum: values,
    default: usual,
    anyOf,
    type,
    properties,
    required,
    items,
  } = toSchema(schema)
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (only !== undefined) return only
  if (Array.isArray(values)) return values[0]
  if (usual !== undefined) return usual
  if (Array.isArray(anyOf) && type === undefined) return sampleOf(anyOf[0])
  switch (type) {
    case 'object':
      return Object.fromEntries(
        ((required as string[] | undefined) ?? []).map((name) => [name, sampleOf(toSchema(properties)[name])]),
      )
    case 'array':
      return [sampleOf(items)]
    case 'integer':
    case 'number':
      return Number(toSchema(schema)['minimum'] ?? 1)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return 'x'
  }
}

/** The ways to every field that a schema knows, from the outside in; of a list its first item. */
export function fieldsOf(schema: unknown, way: string[] = []): string[][] {
  const { properties, items, anyOf } = toSchema(schema)
  const inner = [
    ...Object.entries(toSchema(properties)).flatMap(([name, field]) => fieldsOf(field, [...way, name])),
    ...(items === undefined ? [] : fieldsOf(items, [...way, '0'])),
    ...(Array.isArray(anyOf)
      ? anyOf.flatMap((each) => fieldsOf(each, way).filter(({ length }) => length > way.length))
      : []),
  ]
  return way.length === 0 ? inner : [way, ...inner]
}

/** A copy of a value in which something stands at the end of a way; what leads there is made. */
export function put(value: unknown, [name, ...rest]: readonly string[], hostile: unknown): unknown {
  if (name === undefined) return hostile
  if (name === '0' && (Array.isArray(value) || value === undefined)) {
    const [first, ...others] = (value as unknown[] | undefined) ?? []
    return [put(first, rest, hostile), ...others]
  }
  const object = typeof value === 'object' && value !== null ? (value as Schema) : {}
  return { ...object, [name]: put(object[name], rest, hostile) }
}

/** A request that fits its operation as far as one can know without its data. */
export function sampleRequest(route: Route, params: Record<string, string> = {}): GeneratedRequest {
  return {
    method: route.method,
    url: fillUrl(route.url, params),
    headers: { 'content-type': 'application/json' },
    body: route.body === undefined ? undefined : JSON.stringify(sampleOf(route.body)),
    what: route.operation,
  }
}

/** Requests of an operation with one hostile value each: in every field, parameter of the query, and of the path. */
export function* hostileRequests(route: Route, params: Record<string, string> = {}): Generator<GeneratedRequest> {
  const sample = sampleRequest(route, params)
  for (const [index, hostile] of hostileValues.entries()) {
    for (const way of route.body ? fieldsOf(route.body) : []) {
      const body = put(sampleOf(route.body), way, hostile)
      yield { ...sample, body: JSON.stringify(body), what: `${route.operation} /${way.join('/')} ${index}` }
    }
    const text = encodeURIComponent(typeof hostile === 'string' ? hostile : JSON.stringify(hostile)).slice(0, 6_000)
    for (const name of Object.keys(route.query?.properties ?? {})) {
      yield { ...sample, url: `${sample.url}?${name}=${text}`, what: `${route.operation} ?${name} ${index}` }
    }
    for (const name of Object.keys(route.params?.properties ?? {})) {
      const url = fillUrl(route.url, { ...params, [name]: text.slice(0, 1_500) || 'x' })
      yield { ...sample, url, what: `${route.operation} :${name} ${index}` }
    }
  }
}

function fillUrl(url: string, params: Record<string, string>): string {
  return url.replace(/:(\w+)/g, (_, name: string) => params[name] ?? encodeURIComponent(String(idLike[name] ?? 'x')))
}

const idLike: Record<string, string> = { user_id: 'u_1', topic: 'news', id: 'ntf_01kaj2n5q8e3xv4m6t9r0wzysd' }

function toSchema(schema: unknown): Schema {
  return typeof schema === 'object' && schema !== null ? (schema as Schema) : {}
}
