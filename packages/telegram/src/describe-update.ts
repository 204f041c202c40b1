import type { Update } from '@grammyjs/types'

export interface UpdateSummary {
  updateId: number
  /** The field that names what happened, such as `message`; `unknown` where there is none. */
  kind: string
  /** Updates with the same key are handled in order: the chat, else the person, else 0. */
  chatId: number
}

/** Tells what every update says about itself, whatever its kind and however strange its content. */
export function describeUpdate(update: Update): UpdateSummary {
  const [kind = 'unknown', content] =
    Object.entries<unknown>({ ...update }).find(([name]) => name !== 'update_id') ?? []
  const body = fieldsOf(content)
  const candidates = [body['chat'], fieldsOf(body['message'])['chat'], body['from'], body['user']]
  return { updateId: update.update_id, kind, chatId: candidates.map(idOf).find((id) => id !== undefined) ?? 0 }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function idOf(value: unknown): number | undefined {
  const { id } = fieldsOf(value)
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined
}
