import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { problems } from '../problems.js'
import { operatorRoutes, tenantRoutes } from '../routes.js'
import { describeApi } from './describe-api.js'

type Json = Record<string, unknown>

interface Operation {
  operationId: string
  description: string
  security: Record<string, string[]>[]
  parameters?: { name: string; description?: string; schema: Json }[]
  requestBody?: { content: Record<string, { schema: Json; example?: unknown }> }
  responses: Record<string, Json>
}

const routes = [...tenantRoutes, ...operatorRoutes]
const document = describeApi(routes, '/') as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; responses: Record<string, Json>; headers: Record<string, Json> }
}
const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

/** Visits every object of a value, with the path to it. */
function visit(value: unknown, see: (object: Json, path: string) => void, path = ''): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) see(value as Json, path)
  for (const [key, inner] of Object.entries(value)) visit(inner, see, `${path}/${key}`)
}

/** The places of a document where something does not hold. */
function placesWhere(isWrong: (object: Json, path: string) => boolean): string[] {
  const places: string[] = []
  visit(document, (object, path) => {
    if (!/\/examples?(\/|$)/.test(path) && isWrong(object, path)) places.push(path)
  })
  return places
}

test('docs/openapi.json is what the routes say (npm run openapi)', () => {
  const written = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8')

  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(document)))
})

test('every operation has a name of its own, and a scope or a key that it needs', () => {
  const names = operations.map(({ operationId }) => operationId)

  expect(operations.length).toBe(routes.length)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !/^[a-z]+([A-Z][a-z]+)+$/.test(name))).toEqual([])
  expect(operations.filter(({ security: [needed] }) => Object.keys(needed ?? {}).length !== 1)).toEqual([])
})

test('every parameter and every field is described', () => {
  const parameters = operations.flatMap(({ operationId, parameters: given = [] }) =>
    given.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`),
  )
  const fields = placesWhere((object, path) => {
    if (!/\/properties\/[^/]+$/.test(path)) return false
    const target = document.components.schemas[String(object['$ref']).replace('#/components/schemas/', '')]
    return !(object['description'] ?? target?.['description'])
  })

  expect(parameters).toEqual([])
  expect(fields).toEqual([])
})

test('every body, and every object in one, is a named component', () => {
  const bodies = operations.flatMap(({ operationId, requestBody, responses }) =>
    [requestBody, ...Object.values(responses)].flatMap((body) =>
      Object.values((body?.['content'] ?? {}) as Record<string, { schema: Json }>)
        .filter(({ schema }) => !('$ref' in schema) && !('allOf' in schema))
        .map(() => operationId),
    ),
  )
  const unnamed = placesWhere(
    (object, path) =>
      object['type'] === 'object' &&
      'properties' in object &&
      !/^\/components\/schemas\/\w+$/.test(path) &&
      !path.includes('/allOf/'),
  )

  expect(bodies).toEqual([])
  expect(unnamed).toEqual([])
})

test('a field with a default is optional in a request, and present in an answer', () => {
  const required = (name: string) => document.components.schemas[name]?.['required'] as string[]

  expect(required('NewNotification')).toEqual(['to'])
  expect(required('NotificationSummary')).toEqual(
    expect.arrayContaining(['format', 'priority', 'overflow', 'silent', 'protect', 'link_preview', 'on_unknown']),
  )
})

test('every example fits its schema', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: true })
  formats.default(ajv)
  for (const [format, isFine] of Object.entries({ locale: /./, 'iana-timezone': /./ })) ajv.addFormat(format, isFine)
  ajv.addSchema({ ...document, $id: 'document' }, 'document')
  const wrong: string[] = []
  let count = 0
  const check = (schema: Json, value: unknown, where: string): void => {
    count++
    const refersHere = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')) as Json
    if (!ajv.validate(refersHere, value)) wrong.push(`${where}: ${ajv.errorsText()}`)
  }
  visit(document, (object, path) => {
    if (Array.isArray(object['examples'])) for (const value of object['examples']) check(object, value, path)
    if ('example' in object && 'schema' in object) check(object['schema'] as Json, object['example'], path)
  })

  expect(count).toBeGreaterThan(50)
  expect(wrong).toEqual([])
})

test("no pattern needs more than Go's RE2 can do", () => {
  const beyond = /\(\?[=!<]|\\[1-9kuc]|\{\d{4,}/

  expect(placesWhere((object) => typeof object['pattern'] === 'string' && beyond.test(object['pattern']))).toEqual([])
})

test('an operation declares its problems by their codes, and the headers that come with them', () => {
  const send = document.paths['/v1/notifications']?.['post']
  const refused = JSON.stringify(send?.responses['422'])

  expect(Object.keys(send?.responses ?? {})).toEqual(
    expect.arrayContaining(['202', '400', '401', '403', '409', '413', '415', '422', '429', '500', '503']),
  )
  for (const code of ['user_not_connected', 'text_empty', 'idempotency_mismatch']) expect(refused).toContain(code)
  expect(JSON.stringify(send?.responses['429'])).toContain('#/components/headers/Retry-After')
  expect(JSON.stringify(send?.responses['202'])).toContain('#/components/headers/Location')
})

test('every code of a problem is one that some operation, or the server itself, can answer', () => {
  const ofTheServer = ['method_not_allowed', 'malformed_request', 'uri_too_long', 'headers_too_large']
  const declared = JSON.stringify(document.paths) + JSON.stringify(document.components.responses)
  const never = Object.keys(problems).filter((code) => !declared.includes(`"${code}"`) && !ofTheServer.includes(code))

  expect(never).toEqual([])
})
