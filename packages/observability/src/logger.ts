import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import sonicBoom from 'sonic-boom'

export type Logger = PinoLogger

/** Fields that must never be written, wherever a log call might pass them by mistake. */
const secretFields = new Set([
  'token',
  'authorization',
  'apikey',
  'adminkey',
  'secret',
  'secretkey',
  'password',
  'text',
  'cookie',
  'setcookie',
])

/** Whatever its capitals, and whether its words are joined by `_`, `-` or nothing. */
function isSecretName(name: string): boolean {
  return secretFields.has(name.toLowerCase().replaceAll(/[_-]/g, ''))
}

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
 * The same without its secret fields, however deep; a copy where it has some. Pino's own redaction parses its paths for
 * every line. @param outer the objects that it is inside of: one that holds itself is not followed.
 */
function censor<Fields extends object>(fields: Fields, outer: readonly object[] = []): Fields {
  const inner = [...outer, fields]
  let censored = fields
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const shown = isSecretName(name) ? '[redacted]' : isSearched(value) ? censorInner(value, inner) : value
    if (shown === value) continue
    if (censored === fields) censored = (Array.isArray(fields) ? [...(fields as unknown[])] : { ...fields }) as Fields
    Object.assign(censored, { [name]: shown })
  }
  return censored
}

function censorInner(value: object, outer: readonly object[]): unknown {
  return outer.includes(value) ? '[circular]' : censor(value, outer)
}

/** An error's fields are those that its serializer shows. */
function isSearched(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !ArrayBuffer.isView(value)
}

/** Prisma's errors quote the call with all its arguments, which are tenants' data: their code and their last line remain. */
function describeError(error: Error): object {
  const described = censor({ ...stdSerializers.err(error) })
  if (!error.name.startsWith('PrismaClient')) return described
  const { type, stack } = stdSerializers.err(error)
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const message = error.message.trim().split('\n').at(-1) ?? ''
  const code = 'code' in error ? { code: error.code } : {}
  return { type, message, stack: [`${type}: ${message}`, ...frames].join('\n'), ...code }
}

/**
 * A structured logger: one JSON object a line, RFC 3339 times, level names.
 * Secret fields are removed by name, and secrets inside messages and stacks by their shape.
 */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const output = destination ?? openStdout()
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
        err: (error: unknown) => (error instanceof Error ? describeError(error) : error),
      },
    },
    { write: (line: string) => output.write(redactSecrets(line)) },
  )
}

/**
 * How much of the log waits to be written together, and how much waits for a slow reader before lines are left out. What a
 * killed process had not written is lost.
 */
const written = { minLength: 8_192, maxLength: 64 * 1024 * 1024 }
/** For how long a line waits for others. */
const waitMs = 100

/** How often a process that ends tries again to write to a reader that takes nothing, a tenth of a second apart. */
const triesAtEndMax = 20

/**
 * What waits is written when the process ends, whether it was asked to or failed. A reader that has gone, a full disk or a
 * reader that takes nothing costs lines of the log, and neither the service nor its end.
 */
function openStdout(): DestinationStream {
  let triesLeft = Infinity
  let isReaderGone = false
  const stdout = new sonicBoom.SonicBoom({ fd: 1, sync: false, ...written, retryEAGAIN: () => triesLeft-- > 0 })
  stdout.on('error', (error: NodeJS.ErrnoException) => (isReaderGone ||= error.code === 'EPIPE'))
  process.once('exit', () => {
    if (isReaderGone) return
    triesLeft = triesAtEndMax
    try {
      stdout.flushSync()
    } catch {
      // Nobody is left to tell.
    }
  })
  let waiting: NodeJS.Timeout | undefined
  // The timer of the library writes also while there is nothing to write.
  const flushSoon = (): void => {
    if (isReaderGone) return
    waiting ??= setTimeout(() => {
      waiting = undefined
      stdout.flush()
    }, waitMs).unref()
  }
  // Lines that came while others were being written, or that could not be written, are still there.
  stdout.on('write', (length) => {
    if (length > 0) flushSoon()
  })
  stdout.on('error', flushSoon)
  return {
    write: (line: string) => {
      if (isReaderGone) return
      stdout.write(line)
      flushSoon()
    },
  }
}
