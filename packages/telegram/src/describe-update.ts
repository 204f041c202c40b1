import type { Update } from '@grammyjs/types'

export interface UpdateSummary {
  updateId: number
  /** The field that names what happened, such as `message`; `unknown` where there is none. */
  kind: string
  /** Updates with the same key are handled in order: the chat, else the person, else 0. */
  chatId: number
}

interface UpdateBody {
  chat?: { id?: unknown }
  message?: { chat?: { id?: unknown } }
  from?: { id?: unknown }
  user?: { id?: unknown }
}

/** What every update says about itself, whatever its kind and however strange its content. */
export function describeUpdate(update: Update): UpdateSummary {
  const kind = Object.keys(update).find((key) => key !== 'update_id') ?? 'unknown'
  const value = (update as unknown as Record<string, unknown>)[kind]
  const body = (typeof value === 'object' && value !== null ? value : {}) as UpdateBody
  const candidates = [body.chat?.id, body.message?.chat?.id, body.from?.id, body.user?.id]
  const chatId = candidates.find((id) => typeof id === 'number' && Number.isSafeInteger(id)) as number | undefined
  return { updateId: update.update_id, kind, chatId: chatId ?? 0 }
}
