import { cutText } from '../messages/cut-text.js'
import { isRecord } from '@tellwire/db'
import { codePointLength } from '@tellwire/format'
import { isDateTime, isLocale } from '../formats.js'

/**
 * Schemas of a template's variables: the part of JSON Schema in which a check takes no longer than the schema and the
 * variables are long. There is no `$ref`, no pattern, and nothing that looks at a value more than once.
 */

/** Says what is wrong with a schema, or with variables. */
export interface SchemaFault {
  /** A JSON pointer into what was checked. */
  pointer: string
  /** A sentence without its subject. */
  detail: string
}

type Schema = Record<string, unknown>

const levelsMax = 6
/** Schemas and the values of `enum` and `const` are counted together. */
const nodesMax = 200
const faultsMax = 20

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']
const annotations = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples']

const formats: Record<string, (text: string) => boolean> = {
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDateTime(`${text}T00:00:00Z`),
  'date-time': isDateTime,
  email: (text) => text.length <= 254 && /^[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63})+$/.test(text),
  locale: isLocale,
  time: (text) => /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.test(text),
  uri: (text) => URL.canParse(text),
  uuid: (text) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isFinite = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isText = (value: unknown): value is string => typeof value === 'string'

/** By keyword: whether its value can be used. Keywords that hold schemas are looked at where these are. */
const keywords: Record<string, { isUsable: (value: unknown) => boolean; form: string }> = {
  type: {
    isUsable: (value) => [value].flat().length > 0 && [value].flat().every((type) => types.includes(String(type))),
    form: `must be of ${types.join(', ')}`,
  },
  properties: { isUsable: isRecord, form: 'must be an object of schemas' },
  additionalProperties: { isUsable: isSchemaOrBoolean, form: 'must be a schema, true or false' },
  items: { isUsable: isSchemaOrBoolean, form: 'must be one schema' },
  required: { isUsable: (value) => Array.isArray(value) && value.every(isText), form: 'must be a list of names' },
  enum: { isUsable: (value) => Array.isArray(value) && value.length > 0, form: 'must be a list of values' },
  const: { isUsable: () => true, form: '' },
  format: {
    isUsable: (value) => isText(value) && Object.hasOwn(formats, value),
    form: `must be one of ${Object.keys(formats).join(', ')}`,
  },
  ...Object.fromEntries(
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((name) => [
      name,
      { isUsable: isFinite, form: 'must be a number' },
    ]),
  ),
  ...Object.fromEntries(
    ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map((name) => [
      name,
      { isUsable: isCount, form: 'must be a whole number, 0 or more' },
    ]),
  ),
}

/** @returns what is in the way of using a schema; undefined where nothing is. */
export function findSchemaFault(schema: unknown): SchemaFault | undefined {
  return checkSchema(schema, { pointer: '', level: 1, count: { nodes: 0 } })
}

interface SchemaPlace {
  pointer: string
  level: number
  count: { nodes: number }
}

function checkSchema(schema: unknown, place: SchemaPlace): SchemaFault | undefined {
  const { pointer, level, count } = place
  if (++count.nodes > nodesMax) return tooManyParts(pointer)
  if (level > levelsMax) return { pointer, detail: `the schema is deeper than ${levelsMax} levels` }
  if (typeof schema === 'boolean') return undefined
  if (!isRecord(schema)) return { pointer, detail: 'must be a schema' }
  for (const [name, value] of Object.entries(schema)) {
    const at = `${pointer}/${escapePointer(name)}`
    if (annotations.includes(name)) continue
    const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined
    if (!keyword) return { pointer: at, detail: 'is not supported in a schema of variables' }
    if (!keyword.isUsable(value)) return { pointer: at, detail: keyword.form }
    count.nodes += name === 'enum' || name === 'const' || name === 'required' ? countNodes(value) : 0
    if (count.nodes > nodesMax) return tooManyParts(at)
    const fault = checkInnerSchemas(name, value, { ...place, pointer: at })
    if (fault) return fault
  }
  return undefined
}

function tooManyParts(pointer: string): SchemaFault {
  return { pointer, detail: `the schema has more than ${nodesMax} parts` }
}

function checkInnerSchemas(keyword: string, value: unknown, place: SchemaPlace): SchemaFault | undefined {
  const inner = { ...place, level: place.level + 1 }
  if (keyword === 'items' || keyword === 'additionalProperties') return checkSchema(value, inner)
  if (keyword !== 'properties' || !isRecord(value)) return undefined
  for (const [name, schema] of Object.entries(value)) {
    const fault = checkSchema(schema, { ...inner, pointer: `${place.pointer}/${escapePointer(name)}` })
    if (fault) return fault
  }
  return undefined
}

function countNodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + countNodes(inner), 1)
}

/** @returns the first faults of variables, held against a schema that can be used. */
export function findVariableFaults(schema: Schema, variables: unknown): SchemaFault[] {
  const faults: SchemaFault[] = []
  checkValue(schema, variables, '', faults)
  return faults
}

function checkValue(schema: unknown, value: unknown, pointer: string, faults: SchemaFault[]): void {
  if (faults.length >= faultsMax || schema === true) return
  if (!isRecord(schema)) {
    faults.push({ pointer, detail: 'is not allowed' })
    return
  }
  const detail = findMistake(schema, value)
  if (detail !== undefined) faults.push({ pointer, detail })
  else if (Array.isArray(value)) checkItems(schema, value, pointer, faults)
  else if (isRecord(value)) checkFields(schema, value, pointer, faults)
}

function checkItems({ items = true }: Schema, value: readonly unknown[], pointer: string, faults: SchemaFault[]): void {
  for (let index = 0; index < value.length && faults.length < faultsMax; index++) {
    checkValue(items, value[index], `${pointer}/${index}`, faults)
  }
}

function checkFields(schema: Schema, value: Schema, pointer: string, faults: SchemaFault[]): void {
  const { required = [], properties = {}, additionalProperties = true } = schema
  for (const name of required as string[]) {
    if (!Object.hasOwn(value, name))
      faults.push({ pointer: `${pointer}/${escapePointer(name)}`, detail: 'is required' })
    if (faults.length >= faultsMax) return
  }
  for (const [name, field] of Object.entries(value)) {
    const known = isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    const at = `${pointer}/${escapePointer(name)}`
    if (known === false) faults.push({ pointer: at, detail: 'is not one of the variables' })
    else checkValue(known, field, at, faults)
    if (faults.length >= faultsMax) return
  }
}

/** @returns what is wrong with a value as a whole. */
function findMistake(schema: Schema, value: unknown): string | undefined {
  const { type, enum: allowed, const: only } = schema
  if (type !== undefined && ![type].flat().some((each) => isOfType(value, each))) {
    return `must be ${[type].flat().map(String).join(' or ')}`
  }
  if (Array.isArray(allowed) && !allowed.some((each) => isSame(each, value))) {
    return 'must be one of the values of the schema'
  }
  if ('const' in schema && !isSame(only, value)) return 'must be the value of the schema'
  if (typeof value === 'number') return findMistakeOfNumber(schema, value)
  if (typeof value === 'string') return findMistakeOfText(schema, value)
  if (Array.isArray(value)) return findMistakeOfSize(schema, value.length, ['minItems', 'maxItems', 'items'])
  if (isRecord(value)) {
    return findMistakeOfSize(schema, Object.keys(value).length, ['minProperties', 'maxProperties', 'fields'])
  }
  return undefined
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'object':
      return isRecord(value)
    default:
      return typeof value === type
  }
}

function findMistakeOfNumber(schema: Schema, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema
  if (typeof minimum === 'number' && value < minimum) return `must be at least ${minimum}`
  if (typeof maximum === 'number' && value > maximum) return `must be at most ${maximum}`
  if (typeof above === 'number' && value <= above) return `must be more than ${above}`
  if (typeof below === 'number' && value >= below) return `must be less than ${below}`
  return undefined
}

function findMistakeOfText(schema: Schema, value: string): string | undefined {
  const { format } = schema
  const isOfForm = typeof format !== 'string' || (formats[format]?.(value) ?? true)
  if (!isOfForm) return `must be of the form ${String(format)}`
  // In code points, as JSON Schema counts.
  const isBounded = schema['minLength'] !== undefined || schema['maxLength'] !== undefined
  return isBounded
    ? findMistakeOfSize(schema, codePointLength(value), ['minLength', 'maxLength', 'characters'])
    : undefined
}

function findMistakeOfSize(
  schema: Schema,
  size: number,
  [minName, maxName, what]: [string, string, string],
): string | undefined {
  const [min, max] = [schema[minName], schema[maxName]]
  if (typeof min === 'number' && size < min) return `must have at least ${min} ${what}`
  if (typeof max === 'number' && size > max) return `must have at most ${max} ${what}`
  return undefined
}

/** As JSON Schema compares: by value, whatever the order of the fields. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]))
  }
  if (!isRecord(one) || !isRecord(other)) return false
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
}

function isSchemaOrBoolean(value: unknown): boolean {
  return typeof value === 'boolean' || isRecord(value)
}

function escapePointer(name: string): string {
  return cutText(name, 200).replaceAll('~', '~0').replaceAll('/', '~1')
}
