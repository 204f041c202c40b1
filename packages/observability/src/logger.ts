import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers, stdTimeFunctions } from 'pino'

export type Logger = PinoLogger

/** Fields that must never be written, wherever a log call might pass them by mistake. */
const secretFields = new Set([
  'token',
  'authorization',
  'api_key',
  'apiKey',
  'admin_key',
  'adminKey',
  'secret',
  'password',
  'text',
  'cookie',
])
/** How deep below a line's fields secret ones are looked for. */
const depthMax = 3

/** Bot tokens, our keys and connect tokens, as they may stand inside an error's message or stack. */
const secretPatterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/\d{6,}:[A-Za-z0-9_-]{30,}/g, '[bot token]'],
  [/\btw_(live|test|admin)_[A-Za-z0-9]+/g, '[key]'],
  [/(\/c\/|start=|startgroup=|\/start(?:@\w+)? )[A-Za-z0-9]{32}\b/g, '$1[token]'],
  [/\b(postgres(?:ql)?|rediss?):\/\/[^@\s"]*@/g, '$1://[credentials]@'],
]

export function redactSecrets(line: string): string {
  return secretPatterns.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)
}

/** The same without its secret fields; a copy where it has some. Pino's own redaction parses its paths for every line. */
function censor<Fields extends object>(fields: Fields, depth = depthMax): Fields {
  let censored = fields
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const shown = secretFields.has(name) ? '[redacted]' : isSearched(value, depth) ? censor(value, depth - 1) : value
    if (shown === value) continue
    if (censored === fields) censored = (Array.isArray(fields) ? [...(fields as unknown[])] : { ...fields }) as Fields
    Object.assign(censored, { [name]: shown })
  }
  return censored
}

/** An error's fields are those that its serializer shows. */
function isSearched(value: unknown, depth: number): value is object {
  return (
    typeof value === 'object' && value !== null && depth > 0 && !(value instanceof Error) && !ArrayBuffer.isView(value)
  )
}

/**
 * A structured logger: one JSON object a line, RFC 3339 times, level names.
 * Secret fields are removed by name, and secrets inside messages and stacks by their shape.
 */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const output = destination ?? process.stdout
  return pino(
    {
      name,
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: () => ({ name }),
        log: (fields) => censor(fields),
      },
      serializers: {
        err: (error: unknown) => (error instanceof Error ? censor({ ...stdSerializers.err(error) }) : error),
      },
    },
    { write: (line: string) => output.write(redactSecrets(line)) },
  )
}
