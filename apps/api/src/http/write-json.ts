import { build } from 'fast-json-stringify'

/** Compiles what writes answers of a schema, and none of their other fields, when it is used first: all at once would take a tenth of a start. */
export function compileWriter(schema: unknown): (value: unknown) => string {
  let write: ((value: unknown) => string) | undefined
  return (value) => (write ??= build(schema as object))(value)
}

/** Of what is longer, the length and what is sent are worked out together. */
const textLengthMax = 16_384

/** Writes an answer as it is. A long one becomes bytes at once: of a text the server would first count those, and then make them. */
export function writeJson(value: unknown): string | Buffer {
  const text = JSON.stringify(value)
  return text.length > textLengthMax ? Buffer.from(text) : text
}
