import { describe, expect, test } from 'vitest'
import { findSchemaFault, findVariableFaults } from './variables-schema.js'

const nested = (levels: number): object => (levels === 1 ? {} : { items: nested(levels - 1) })
const wide = (count: number) => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, {}])),
})

describe('a schema that can be used', () => {
  test.each([
    [{}],
    [{ type: ['string', 'null'], format: 'date-time', maxLength: 30 }],
    [{ properties: { pattern: { type: 'string' } }, required: ['pattern'], additionalProperties: false }],
    [{ items: { enum: ['a', 1, null, { b: [2] }] }, minItems: 1 }],
    [{ title: 'x', description: 'y', default: {}, examples: [1], $schema: 'http://json-schema.org/draft-07/schema#' }],
    [nested(6)],
    [wide(199)],
  ])('%j', (schema) => expect(findSchemaFault(schema)).toBeUndefined())
})

describe('a schema that cannot be used', () => {
  test.each([
    [[], ''],
    [{ anyOf: [{}] }, '/anyOf'],
    [{ items: [{}] }, '/items'],
    [{ items: { patternProperties: {} } }, '/items/patternProperties'],
    [{ minimum: 'x' }, '/minimum'],
    [{ maxLength: -1 }, '/maxLength'],
    [{ required: 'a' }, '/required'],
    [{ properties: { a: 5 } }, '/properties/a'],
    [{ format: 'regex' }, '/format'],
    [nested(7), '/items/items/items/items/items/items'],
    [wide(200), '/properties/p199'],
    [{ const: Array.from({ length: 201 }, () => 0) }, '/const'],
  ])('%j', (schema, pointer) => expect(findSchemaFault(schema)).toMatchObject({ pointer }))
})

describe('variables', () => {
  const faultOf = (schema: object, value: unknown) =>
    findVariableFaults({ properties: { v: schema } }, { v: value }).map(({ pointer, detail }) => `${pointer} ${detail}`)

  test.each([
    [{ type: 'integer', minimum: 1, maximum: 3 }, 2],
    [{ type: 'object', properties: { a: { const: { b: [1], c: 2 } } } }, { a: { c: 2, b: [1] } }],
    [{ enum: [[1], null] }, null],
    [{ minLength: 2, maxLength: 2 }, '\u{1f600}\u{1f600}'],
    [{ format: 'uri' }, 'https://a.b'],
    [{ format: 'date' }, '2026-02-28'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0.1],
  ])('that fit %j', (schema, value) => expect(faultOf(schema, value)).toEqual([]))

  test.each([
    [{ type: 'integer' }, 1.5, '/v must be integer'],
    [{ type: ['string', 'null'] }, 1, '/v must be string or null'],
    [{ enum: ['a'] }, 'b', '/v must be one of the values of the schema'],
    [{ const: 1 }, undefined, '/v must be the value of the schema'],
    [{ exclusiveMaximum: 3 }, 3, '/v must be less than 3'],
    [{ maxLength: 1 }, 'ab', '/v must have at most 1 characters'],
    [{ minItems: 1 }, [], '/v must have at least 1 items'],
    [{ items: { type: 'string' } }, ['a', 1], '/v/1 must be string'],
    [{ required: ['a/b'] }, {}, '/v/a~1b is required'],
    [{ additionalProperties: false }, { x: 1 }, '/v/x is not one of the variables'],
    [{ additionalProperties: { type: 'null' } }, { x: 1 }, '/v/x must be null'],
    [{ format: 'date-time' }, '2026-02-30T00:00:00Z', '/v must be of the form date-time'],
    [{ format: 'email' }, 'a@b', '/v must be of the form email'],
    [{ items: false }, [1], '/v/0 is not allowed'],
  ])('that do not fit %j', (schema, value, told) => expect(faultOf(schema, value)).toEqual([told]))

  test('are told the first twenty faults of', () => {
    const items = Array.from({ length: 8_000 }, () => 0)

    expect(findVariableFaults({ properties: { v: { items: { type: 'string' } } } }, { v: items })).toHaveLength(20)
  })
})
