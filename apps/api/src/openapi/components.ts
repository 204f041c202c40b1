import { isDeepStrictEqual } from 'node:util'
import { readObject } from '@tellwire/db'
import { mapSchema, withOptionalDefaults } from '../http/map-schema.js'

/** Whose shape it is: what has a default may be left out of a request, and is there in every answer. */
export type Side = 'request' | 'answer'

export interface Components {
  /** A schema in which every named one is a reference. */
  refer(schema: unknown, side: Side): Record<string, unknown>
  /** A reference to an answer that many operations give. */
  referToAnswer(name: string, make: () => unknown): Record<string, unknown>
  /** The named schemas that were referred to, by their names. */
  schemas(): Record<string, unknown>
  answers(): Record<string, unknown>
}

/** Of the keywords that are ours, these say something to a reader. */
const told = new Set(['x-max-bytes', 'x-max-json-bytes'])

/** Collects the named schemas of a document: those of answers first. One that is not the same in requests is an `Input` there. */
export function createComponents(): Components {
  const schemas = new Map<string, unknown>()
  const answers = new Map<string, unknown>()

  const store = (name: string, schema: unknown): boolean => {
    const known = schemas.get(name)
    if (known !== undefined && !isDeepStrictEqual(known, schema)) return false
    schemas.set(name, schema)
    return true
  }

  const nameFor = (name: string, schema: unknown, side: Side): string => {
    if (store(name, schema)) return name
    const own = `${name}Input`
    if (side === 'request' && store(own, schema)) return own
    throw new Error(`there are several schemas of the name ${name}`)
  }

  return {
    refer: (schema, side) => {
      const referred = mapSchema(
        side === 'request' ? withOptionalDefaults(schema) : schema,
        ({ $id: name, ...rest }) => {
          const shown = Object.fromEntries(
            Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-') || told.has(keyword)),
          )
          return typeof name === 'string' ? { $ref: `#/components/schemas/${nameFor(name, shown, side)}` } : shown
        },
      )
      return readObject(referred)
    },
    referToAnswer: (name, make) => {
      if (!answers.has(name)) answers.set(name, make())
      return { $ref: `#/components/responses/${name}` }
    },
    schemas: () => inOrder(schemas),
    answers: () => inOrder(answers),
  }
}

function inOrder(named: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries([...named].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
