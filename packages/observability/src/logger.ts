import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'

export type Logger = PinoLogger

/** Fields that must never be written, wherever a log call might pass them by mistake. */
const secretFields = [
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
]

const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

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
      formatters: { level: (label) => ({ level: label }), bindings: () => ({ name }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
    },
    { write: (line: string) => output.write(redactSecrets(line)) },
  )
}
