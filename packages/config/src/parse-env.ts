import type { Static, TObject } from 'typebox'
import { Check, Convert, Default, Errors } from 'typebox/value'

export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the variables that `schema` names and nothing else. An empty variable counts as absent.
 * @throws {ConfigError} with every problem at once; it names variables and rules, never a value.
 */
export function parseEnv<Schema extends TObject>(schema: Schema, env: NodeJS.ProcessEnv): Static<Schema> {
  const given: Record<string, unknown> = {}
  for (const name of Object.keys(schema.properties)) {
    if (env[name] !== undefined && env[name] !== '') given[name] = env[name]
  }

  const problems = new Set<string>()
  for (const [name, value] of Object.entries(given)) {
    const type: unknown = Object(schema.properties[name])['type']
    // Much else can be converted to a number.
    if (type === 'integer' && !/^-?\d+$/.test(String(value))) problems.add(`${name} must be integer`)
  }
  const values = Convert(schema, Default(schema, given))
  if (problems.size === 0 && Check(schema, values)) return values

  for (const error of Errors(schema, values)) {
    if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) problems.add(`${name} is not set`)
    } else if (error.keyword !== 'const') {
      const name = error.instancePath.slice(1)
      const form: unknown = Object(schema.properties[name])['x-form']
      problems.add(`${name} ${typeof form === 'string' ? form : error.message}`)
    }
  }
  throw new ConfigError(`The configuration is not usable:\n${[...problems].map((line) => `  ${line}`).join('\n')}`)
}
