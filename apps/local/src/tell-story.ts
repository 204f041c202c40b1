import { setTimeout as delay } from 'node:timers/promises'
import type { DataFolder } from './data-folder.js'
import { createHttpClient, type HttpClient } from './http-client.js'
import type { Provision } from './provision.js'

const userId = 'ada'
const markdown = '**Your order has shipped.** Track it [here](https://example.com/t/8812): it arrives *tomorrow*.'
const waitMaxMs = 30_000

interface ChatMessage {
  message_id: number
  text: string
  entities: { type: string; offset: number; length: number }[]
  from_bot: boolean
}

/** Plays the main job once, with real parts, and says each step as it happened. */
export async function tellStory(
  folder: DataFolder,
  at: { api: string; sandbox: string; signal: AbortSignal },
  { apiKey, bot }: Provision,
  say: (line: string) => void,
): Promise<void> {
  const app = createHttpClient(at.api, at.signal, apiKey)
  const telegram = createHttpClient(at.sandbox, at.signal)

  const link = await app.call<{ id: string; url: string }>('POST', '/v1/connect-links', {
    user_id: userId,
    replace: true,
  })
  say(`link issued for user "${userId}": ${link.url}`)

  const person = await telegram.call<{ id: number }>('POST', '/sandbox/v1/people', {
    first_name: 'Ada',
    language_code: 'en',
  })
  await folder.saveInstance({ personId: person.id })
  await telegram.call('POST', `/sandbox/v1/people/${person.id}/open`, { link: link.url })
  say('Start pressed in the sandbox, by Ada')

  const used = await app.call<{ status: string; display_name: string }>('GET', `/v1/connect-links/${link.id}?wait=30`)
  if (used.status !== 'used') throw new Error(`the link is still ${used.status}`)
  say(`connected: the chat of ${used.display_name} belongs to user "${userId}"`)

  const accepted = await app.call<{ id: string; status: string }>('POST', '/v1/notifications', {
    to: { user_id: userId },
    text: markdown,
  })
  say(`Markdown notification accepted: ${accepted.id}`)

  const message = await waitForMessage(
    app,
    telegram,
    accepted.id,
    `/sandbox/v1/people/${person.id}/messages?bot=${bot.username}`,
  )
  say(`in the chat: "${message.text}"`)
  say(
    `  formatted: ${message.entities.map(({ type, offset, length }) => `${type} "${message.text.slice(offset, offset + length)}"`).join(', ')}`,
  )
}

async function waitForMessage(
  app: HttpClient,
  telegram: HttpClient,
  id: string,
  messagesPath: string,
): Promise<ChatMessage> {
  const deadline = performance.now() + waitMaxMs
  while (performance.now() < deadline) {
    const { deliveries } = await app.call<{ deliveries: { telegram_message_ids: number[] }[] }>(
      'GET',
      `/v1/notifications/${id}`,
    )
    const messageIds = deliveries.flatMap((delivery) => delivery.telegram_message_ids)
    const { data } = await telegram.call<{ data: ChatMessage[] }>('GET', messagesPath)
    const message = data.find((candidate) => candidate.from_bot && messageIds.includes(candidate.message_id))
    if (message) return message
    await delay(100)
  }
  throw new Error('the notification did not arrive in the chat')
}
