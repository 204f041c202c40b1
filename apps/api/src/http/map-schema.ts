type Schema = Record<string, unknown>

const schemaKeywords = new Set(['items', 'additionalProperties', 'anyOf', 'allOf', 'oneOf', 'not'])
const keywordsOfNamedSchemas = new Set(['properties', 'patternProperties'])

/** Rebuilds a JSON Schema from the inside out. Examples and defaults are values, and stay as they are. */
export function mapSchema(schema: unknown, change: (schema: Schema) => unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => mapSchema(item, change))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([keyword, value]: [string, unknown]) => {
    if (keywordsOfNamedSchemas.has(keyword)) {
      const inner = Object.entries(value as object).map(([name, item]) => [name, mapSchema(item, change)])
      return [keyword, Object.fromEntries(inner)]
    }
    return [keyword, schemaKeywords.has(keyword) ? mapSchema(value, change) : value]
  })
  return change(Object.fromEntries(entries) as Schema)
}

/** The schema as it is for a request: a field that has a default may be left out. */
export function withOptionalDefaults(schema: unknown): unknown {
  return mapSchema(schema, ({ required, ...rest }) => {
    if (!Array.isArray(required)) return rest
    const properties = (rest['properties'] ?? {}) as Record<string, { default?: unknown }>
    const needed = (required as string[]).filter((name) => properties[name]?.default === undefined)
    return { ...rest, ...(needed.length > 0 ? { required: needed } : {}) }
  })
}
