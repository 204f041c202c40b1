import type { Services } from '../context.js'

const notedEveryMs = 60_000
const notedMax = 10_000

/** Notes when keys are used, each once in a minute. It never holds up a request. */
export function createUseNotes<Key extends { id: string }>(
  write: (key: Key, before: Date) => Promise<void>,
  log: Services['log'],
): (key: Key) => void {
  const noted = new Map<string, number>()
  return (key) => {
    const nowMs = Date.now()
    if (nowMs - (noted.get(key.id) ?? 0) < notedEveryMs) return
    const [oldest] = noted.keys()
    if (noted.size >= notedMax && oldest !== undefined) noted.delete(oldest)
    noted.set(key.id, nowMs)
    write(key, new Date(nowMs - notedEveryMs)).catch((error: unknown) =>
      log.warn({ err: error }, 'that a key was used was not noted'),
    )
  }
}
