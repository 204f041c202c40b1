import Type from 'typebox'
import { ByBot, ChatId, type ControlApp, Id, strict } from './app.js'
import { ControlError } from './control-error.js'
import { getBot, getGroup, getPerson } from './find.js'
import {
  block,
  type Control,
  forward,
  type MessagePlace,
  openLink,
  press,
  react,
  say,
  unblock,
} from './people-actions.js'
import type { Person } from '../state/types.js'
import { showPersonOf, showStored } from './show.js'

const NewPerson = Type.Object(
  {
    first_name: Type.String({ minLength: 1, maxLength: 64 }),
    language_code: Type.Optional(Type.String({ maxLength: 35 })),
    loses_payloads: Type.Optional(Type.Boolean()),
  },
  strict,
)

const Saying = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 4_096 }),
    bot: Type.Optional(Type.String()),
    chat_id: Type.Optional(ChatId),
    topic: Type.Optional(Type.Integer()),
    reply_to: Type.Optional(Type.Integer()),
    /** In the name of the group. */
    anonymous: Type.Optional(Type.Boolean()),
  },
  strict,
)

const mediaTypes = ['photo', 'video', 'animation', 'audio', 'voice', 'video_note', 'document', 'sticker'] as const

/** Kinds that have no caption in Telegram. */
const captionless: ReadonlySet<string> = new Set(['video_note', 'sticker'])

/** A file of a person, as base64, or a place, contact, poll or the like as Telegram shows it; in a private chat or a group. */
const Sending = Type.Object(
  {
    bot: Type.Optional(Type.String()),
    chat_id: Type.Optional(ChatId),
    topic: Type.Optional(Type.Integer()),
    type: Type.Unsafe<(typeof mediaTypes)[number]>({ type: 'string', enum: mediaTypes, default: 'document' }),
    caption: Type.String({ default: '', maxLength: 1_024 }),
    name: Type.String({ default: 'file', maxLength: 200 }),
    mime_type: Type.String({ default: 'application/octet-stream', maxLength: 100 }),
    content: Type.String({ default: '' }),
    plain: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    reply_to: Type.Optional(Type.Integer()),
  },
  strict,
)

const Forwarding = Type.Object({ bot: Type.String(), chat_id: ChatId, message_id: Type.Integer() }, strict)

const messagePlace = {
  chat_id: Type.Optional(ChatId),
  bot: Type.Optional(Type.String()),
  message_id: Type.Integer(),
}

const Reacting = Type.Object(
  { ...messagePlace, reactions: Type.Array(Type.String({ minLength: 1, maxLength: 16 }), { maxItems: 3 }) },
  strict,
)

const Pressing = Type.Object(
  {
    ...messagePlace,
    row: Type.Integer({ minimum: 0 }),
    column: Type.Integer({ minimum: 0 }),
    /** Telegram leaves the message out, as it does of old ones. */
    without_message: Type.Boolean({ default: false }),
  },
  strict,
)

/** The private chat with a bot, or a group and a topic in it. */
interface Addressee {
  bot?: string | undefined
  chat_id?: number | undefined
  topic?: number | undefined
}

/** Makes people, and lets them do what people do in Telegram. */
export function controlPeople(app: ControlApp, control: Control): void {
  const { world } = control
  const findAddressee = ({ bot, chat_id: chatId, topic: topicId }: Addressee) => {
    if ((bot === undefined) === (chatId === undefined)) throw new ControlError(400, 'name either bot or chat_id')
    return bot === undefined ? { group: getGroup(control, chatId ?? 0), topicId } : { bot: getBot(control, bot) }
  }

  app.post('/people', { schema: { body: NewPerson } }, async (request, reply) => {
    const { first_name: firstName, language_code: languageCode, loses_payloads: losesPayloads } = request.body
    const person = world.createPerson({ firstName, languageCode, losesPayloads })
    return reply.code(201).send({ id: person.id })
  })
  app.get('/people', async () => ({
    data: [...world.people.values()].map((person) => showPersonOf(control, person)),
  }))
  app.post(
    '/people/:id/open',
    {
      schema: {
        params: Id,
        body: Type.Object({ link: Type.String({ maxLength: 4_096 }), chat_id: Type.Optional(ChatId) }, strict),
      },
    },
    async (request) => ({
      ok: true,
      ...openLink(control, getPerson(control, request.params.id), request.body.link, request.body.chat_id),
    }),
  )

  app.post('/people/:id/say', { schema: { params: Id, body: Saying } }, async (request) => {
    const { text, reply_to: replyToMessageId, anonymous } = request.body
    const to = findAddressee(request.body)
    const person = getPerson(control, request.params.id)
    return { ok: true, ...say(control, person, to, text, { replyToMessageId, isAnonymous: anonymous }) }
  })

  app.post('/people/:id/send', { schema: { params: Id, body: Sending } }, async (request) => {
    const { type, caption, name, mime_type: mimeType, content, plain, reply_to: replyToMessageId } = request.body
    const to = findAddressee(request.body)
    const person = getPerson(control, request.params.id)
    if (plain) return { ok: true, ...say(control, person, to, '', { plain, replyToMessageId }) }
    // A file's id is for one bot.
    const botId = 'bot' in to ? to.bot.id : to.group.bots[0]
    if (botId === undefined) throw new ControlError(400, 'there is no bot in this group that could have the file')
    const bytes = Buffer.from(content, 'base64')
    const { fileId } = world.createFile(
      { botId, type, url: undefined, name, mimeType, size: bytes.length, width: 0, height: 0 },
      bytes,
    )
    const media = { type, fileId, hasSpoiler: false }
    const text = captionless.has(type) ? '' : caption
    return { ok: true, ...say(control, person, to, text, { media, replyToMessageId }) }
  })

  app.post('/people/:id/forward', { schema: { params: Id, body: Forwarding } }, async (request) => {
    const { bot, chat_id: chatId, message_id: messageId } = request.body
    const person = getPerson(control, request.params.id)
    return { ok: true, ...forward(control, person, getBot(control, bot), { chatId, messageId }) }
  })

  app.patch(
    '/people/:id',
    { schema: { params: Id, body: Type.Object({ loses_payloads: Type.Boolean() }, strict) } },
    async (request) => {
      getPerson(control, request.params.id).losesPayloads = request.body.loses_payloads
      world.onChange()
      return { ok: true }
    },
  )

  app.post('/people/:id/press', { schema: { params: Id, body: Pressing } }, async (request) => {
    const person = getPerson(control, request.params.id)
    const { row, column, without_message: isMessageGone } = request.body
    return {
      ok: true,
      ...press(control, person, {
        ...readMessagePlace(control, person, request.body),
        row,
        column,
        isMessageGone,
      }),
    }
  })
  app.post('/people/:id/react', { schema: { params: Id, body: Reacting } }, async (request) => {
    const person = getPerson(control, request.params.id)
    react(control, person, readMessagePlace(control, person, request.body), request.body.reactions)
    return { ok: true }
  })
  app.get('/callback-queries/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async (request) => {
    const query = control.answers.get(request.params.id)
    if (!query) throw new ControlError(404, 'there is no such query')
    return { is_answered: query.isAnswered, text: query.text ?? null }
  })
  app.post('/people/:id/block', { schema: { params: Id, body: ByBot } }, async (request) => {
    block(control, getPerson(control, request.params.id), getBot(control, request.body.bot))
    return { ok: true }
  })
  app.post('/people/:id/unblock', { schema: { params: Id, body: ByBot } }, async (request) => {
    unblock(control, getPerson(control, request.params.id), getBot(control, request.body.bot))
    return { ok: true }
  })
  app.get('/people/:id/draft', { schema: { params: Id, querystring: ByBot } }, async (request) => {
    const bot = getBot(control, request.query.bot)
    const draft = world.draftOf(bot.id, getPerson(control, request.params.id).id)
    if (!draft) return { draft: null }
    const { draftId, text, entities, rich } = draft
    return { draft: { id: draftId, text, entities, blocks: rich?.blocks ?? null } }
  })
  app.get('/people/:id/messages', { schema: { params: Id, querystring: ByBot } }, async (request) => {
    const bot = getBot(control, request.query.bot)
    return {
      data: world
        .messagesOf(bot.id, getPerson(control, request.params.id).id)
        .map((message) => showStored(control, message)),
    }
  })
}

function readMessagePlace(
  control: Control,
  person: Person,
  { chat_id: chatId = person.id, bot, message_id: messageId }: { chat_id?: number; bot?: string; message_id: number },
): MessagePlace {
  return { chatId, bot: bot === undefined ? undefined : getBot(control, bot), messageId }
}
