import { setTimeout as delay } from 'node:timers/promises'
import Type from 'typebox'
import type { StoredMessage } from '../state/types.js'
import { ChatId, type ControlApp, Id, strict } from './app.js'
import { ControlError } from './control-error.js'
import { getBot, getGroup, getPerson } from './find.js'
import type { Control } from './people-actions.js'
import { showStored } from './show.js'

const pollEveryMs = 25

const WaitQuery = Type.Object(
  {
    person: Type.Optional(Type.Integer()),
    chat_id: Type.Optional(ChatId),
    bot: Type.Optional(Type.String()),
    /** What the message has to have in it. */
    contains: Type.String({ default: '' }),
    /** Only messages with a higher number. */
    after: Type.Integer({ default: 0 }),
    /** Seconds. */
    timeout: Type.Number({ default: 30, minimum: 0, maximum: 60 }),
  },
  strict,
)

/** Lets tests wait for what bots write, and shows chats as text. */
export function controlTranscripts(app: ControlApp, control: Control): void {
  const { world } = control
  app.get('/wait', { schema: { querystring: WaitQuery } }, async (request) => {
    const { person, chat_id: chatId, bot, contains, after, timeout } = request.query
    if ((person === undefined) === (chatId === undefined)) throw new ControlError(400, 'name either person or chat_id')
    const bots = bot === undefined ? [...world.bots.values()] : [getBot(control, bot)]
    const find = () => {
      const messages =
        chatId === undefined
          ? bots.flatMap(({ id }) => world.messagesOf(id, getPerson(control, person ?? 0).id))
          : world.messagesOf(0, getGroup(control, chatId).id)
      return messages.find(
        (message) => message.fromBot && message.messageId > after && shownText(message).includes(contains),
      )
    }
    const endsAtMs = Date.now() + timeout * 1_000
    for (;;) {
      const found = find()
      if (found) return showStored(control, found)
      if (Date.now() >= endsAtMs) throw new ControlError(408, `no message came that contains "${contains}"`)
      await delay(pollEveryMs)
    }
  })
  app.get(
    '/people/:id/transcript',
    { schema: { params: Id, querystring: Type.Object({ bot: Type.String() }, strict) } },
    async (request, reply) => {
      const bot = getBot(control, request.query.bot)
      const person = getPerson(control, request.params.id)
      return reply.type('text/plain; charset=utf-8').send(transcribe(control, world.messagesOf(bot.id, person.id)))
    },
  )
  app.get('/groups/:id/transcript', { schema: { params: Id } }, async (request, reply) => {
    const { id } = getGroup(control, request.params.id)
    return reply.type('text/plain; charset=utf-8').send(transcribe(control, world.messagesOf(0, id)))
  })
}

/** All that can be read of a message, its buttons too. */
function shownText({ text, replyMarkup }: StoredMessage): string {
  const rows = replyMarkup?.inline_keyboard ?? []
  return [text, ...rows.map((row) => row.map((button) => `[${button.text}]`).join(' '))].join('\n')
}

/** A line for each line of a message, with who wrote it before the first. */
function transcribe({ world }: Control, messages: readonly StoredMessage[]): string {
  return messages
    .map((message) => {
      const { fromBot, fromId, media } = message
      const who = fromBot ? `@${world.bots.get(fromId)?.username ?? ''}` : (world.people.get(fromId)?.firstName ?? '')
      const shown = media ? `<${media.type}> ${shownText(message)}` : shownText(message)
      return `${who}: ${shown.trimEnd().replaceAll('\n', '\n    ')}\n`
    })
    .join('')
}
