import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Group, Person, SandboxBot, StoredMessage } from '../state/types.js'
import { defaultLimits } from '../state/world.js'
import { addBot, block, type Control, openLink, press, removeBot, say, unblock } from './people-actions.js'
import { ControlError } from './control-error.js'

const strict = { additionalProperties: false }
const Id = Type.Object({ id: Type.Integer() })
const ByBot = Type.Object({ bot: Type.String() }, strict)
const ChatId = Type.Integer()

/** `/sandbox/v1`: what a test or the chat page does to the people, bots and limits of the sandbox. */
export function controlRoutes(control: Control): FastifyPluginAsyncTypebox {
  const { world } = control

  return async (app) => {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500
      return reply.code(status).send({ ok: false, error: status < 500 ? error.message : 'internal error' })
    })

    const NewBot = Type.Object(
      {
        username: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{3,30}$' })),
        first_name: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      },
      strict,
    )
    app.post('/bots', { schema: { body: NewBot } }, async (request, reply) => {
      const username = request.body.username ?? `sandbox_${world.bots.size + 1}_bot`
      if (world.botByUsername(username)) throw new ControlError(409, 'the username is taken')
      const bot = world.createBot({ username, firstName: request.body.first_name ?? username })
      return reply.code(201).send({ id: bot.id, username: bot.username, token: bot.token })
    })
    app.get('/bots', async () => ({
      data: [...world.bots.values()].map((bot) => ({ id: bot.id, username: bot.username, first_name: bot.firstName })),
    }))
    app.post(
      '/bots/:username/revoke',
      { schema: { params: Type.Object({ username: Type.String() }) } },
      async (request) => {
        getBot(control, request.params.username).isRevoked = true
        world.onChange()
        return { ok: true }
      },
    )

    const NewPerson = Type.Object(
      {
        first_name: Type.String({ minLength: 1, maxLength: 64 }),
        language_code: Type.Optional(Type.String({ maxLength: 35 })),
      },
      strict,
    )
    app.post('/people', { schema: { body: NewPerson } }, async (request, reply) => {
      const { first_name: firstName, language_code: languageCode } = request.body
      const person = world.createPerson({ firstName, languageCode })
      return reply.code(201).send({ id: person.id })
    })
    app.get('/people', async () => ({
      data: [...world.people.values()].map((person) => showPersonOf(control, person)),
    }))

    const NewGroup = Type.Object(
      {
        title: Type.String({ minLength: 1, maxLength: 128 }),
        members: Type.Array(Type.Integer(), { maxItems: 1_000 }),
        type: Type.Union([Type.Literal('group'), Type.Literal('supergroup'), Type.Literal('channel')], {
          default: 'group',
        }),
        is_forum: Type.Optional(Type.Boolean()),
      },
      strict,
    )
    app.post('/groups', { schema: { body: NewGroup } }, async (request, reply) => {
      for (const id of request.body.members) getPerson(control, id)
      const { is_forum: isForum, ...group } = request.body
      const created = world.createGroup(group)
      if (isForum) created.topics = []
      return reply.code(201).send({ id: created.id })
    })
    app.get('/groups', async () => ({
      data: [...world.groups.values()].map(({ id, title, type, members }) => ({ id, title, type, members })),
    }))
    app.post(
      '/groups/:id/bots',
      { schema: { params: Id, body: Type.Object({ bot: Type.String(), person: Type.Integer() }, strict) } },
      async (request) => {
        addBot(
          control,
          getPerson(control, request.body.person),
          getGroup(control, request.params.id),
          getBot(control, request.body.bot),
          'member',
        )
        return { ok: true }
      },
    )
    app.delete(
      '/groups/:id/bots',
      { schema: { params: Id, body: Type.Object({ bot: Type.String(), person: Type.Integer() }, strict) } },
      async (request) => {
        removeBot(
          control,
          getPerson(control, request.body.person),
          getGroup(control, request.params.id),
          getBot(control, request.body.bot),
        )
        return { ok: true }
      },
    )
    const NewTopic = Type.Object({ title: Type.String({ minLength: 1, maxLength: 128 }) }, strict)
    app.post('/groups/:id/topics', { schema: { params: Id, body: NewTopic } }, async (request, reply) => {
      const group = getGroup(control, request.params.id)
      if (!group.topics) throw new ControlError(409, 'the group is not a forum')
      const topic = { id: group.nextMessageId++, title: request.body.title, isClosed: false }
      group.topics.push(topic)
      world.onChange()
      return reply.code(201).send({ id: topic.id })
    })
    const TopicParams = Type.Object({ id: Type.Integer(), topic: Type.Integer() })
    app.delete('/groups/:id/topics/:topic', { schema: { params: TopicParams } }, async (request) => {
      const group = getGroup(control, request.params.id)
      group.topics = group.topics?.filter(({ id }) => id !== request.params.topic)
      world.onChange()
      return { ok: true }
    })

    app.get('/files/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async (request, reply) => {
      const file = world.files.get(request.params.id)
      const bytes = file && world.bytes.get(file.uniqueId)
      if (!file || !bytes) throw new ControlError(404, 'there is no such file here')
      // Whatever else it is, it is not to run here as a page.
      const isSeen = /^(?:image\/(?!svg)|audio\/|video\/)/.test(file.mimeType)
      return reply
        .type(isSeen ? file.mimeType : 'application/octet-stream')
        .header('content-disposition', isSeen ? 'inline' : 'attachment')
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', 'sandbox')
        .send(bytes)
    })
    /** Telegram forgets files: what a bot knows of them is stale. */
    app.delete('/files', async () => {
      world.files.clear()
      world.onChange()
      return { ok: true }
    })

    app.get('/groups/:id/messages', { schema: { params: Id } }, async (request) => ({
      data: world.messagesOf(0, getGroup(control, request.params.id).id).map((message) => showStored(control, message)),
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

    const Saying = Type.Object(
      {
        text: Type.String({ minLength: 1, maxLength: 4_096 }),
        bot: Type.Optional(Type.String()),
        chat_id: Type.Optional(ChatId),
      },
      strict,
    )
    app.post('/people/:id/say', { schema: { params: Id, body: Saying } }, async (request) => {
      const { bot, chat_id: chatId, text } = request.body
      if ((bot === undefined) === (chatId === undefined)) throw new ControlError(400, 'name either bot or chat_id')
      const to = bot === undefined ? { group: getGroup(control, chatId ?? 0) } : { bot: getBot(control, bot) }
      return { ok: true, ...say(control, getPerson(control, request.params.id), to, text) }
    })

    const Pressing = Type.Object(
      {
        chat_id: Type.Optional(ChatId),
        bot: Type.Optional(Type.String()),
        message_id: Type.Integer(),
        row: Type.Integer({ minimum: 0 }),
        column: Type.Integer({ minimum: 0 }),
      },
      strict,
    )
    app.post('/people/:id/press', { schema: { params: Id, body: Pressing } }, async (request) => {
      const person = getPerson(control, request.params.id)
      const { chat_id: chatId = person.id, bot, message_id: messageId, row, column } = request.body
      return {
        ok: true,
        ...press(control, person, {
          chatId,
          bot: bot === undefined ? undefined : getBot(control, bot),
          messageId,
          row,
          column,
        }),
      }
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
    app.get('/people/:id/messages', { schema: { params: Id, querystring: ByBot } }, async (request) => {
      const bot = getBot(control, request.query.bot)
      return {
        data: world
          .messagesOf(bot.id, getPerson(control, request.params.id).id)
          .map((message) => showStored(control, message)),
      }
    })

    const NewFault = Type.Object(
      {
        method: Type.Optional(Type.String()),
        chat_id: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
        bot: Type.Optional(Type.String()),
        kind: Type.Union([
          Type.Literal('status'),
          Type.Literal('timeout_before'),
          Type.Literal('timeout_after'),
          Type.Literal('reset'),
        ]),
        status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
        description: Type.Optional(Type.String()),
        retry_after: Type.Optional(Type.Integer({ minimum: 0 })),
        migrate_to_chat_id: Type.Optional(Type.Integer()),
        times: Type.Integer({ minimum: 1, default: 1 }),
      },
      strict,
    )
    app.post('/faults', { schema: { body: NewFault } }, async (request, reply) => {
      const { chat_id: chatId, ...fault } = request.body
      world.faults.push({ ...fault, chat_id: chatId === undefined ? undefined : String(chatId) })
      return reply.code(201).send({ id: world.faults.length })
    })
    app.delete('/faults', async () => {
      world.faults = []
      return { ok: true }
    })

    const RequestsQuery = Type.Object(
      { bot: Type.Optional(Type.String()), after: Type.Integer({ default: 0 }) },
      strict,
    )
    app.get('/requests', { schema: { querystring: RequestsQuery } }, async (request) => {
      const { bot, after } = request.query
      const username = bot === undefined ? undefined : getBot(control, bot).username
      return {
        data: world.requests.filter((entry) => entry.seq > after && (username === undefined || entry.bot === username)),
      }
    })

    const NewLimits = Type.Object(
      {
        enabled: Type.Optional(Type.Boolean()),
        bot_per_second: Type.Optional(Type.Integer({ minimum: 1 })),
        chat_per_second: Type.Optional(Type.Integer({ minimum: 1 })),
        group_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      strict,
    )
    app.put('/limits', { schema: { body: NewLimits } }, async (request) => {
      world.limits = { ...defaultLimits, ...request.body }
      world.onChange()
      return { ok: true, ...world.limits }
    })
    app.get('/limits', async () => world.limits)
  }
}

function showStored({ world }: Control, message: StoredMessage) {
  const { media, linkPreview } = message
  const file = media && world.files.get(media.fileId)
  return {
    message_id: message.messageId,
    date: message.date,
    text: message.text,
    entities: message.entities,
    buttons: message.replyMarkup?.inline_keyboard ?? [],
    keyboard: message.keyboard ?? null,
    edited: message.editDate !== undefined,
    from_bot: message.fromBot,
    from_id: message.fromId,
    media: media
      ? {
          type: media.type,
          spoiler: media.hasSpoiler,
          file_id: media.fileId,
          name: file?.name ?? null,
          mime_type: file?.mimeType ?? null,
          size: file?.size ?? null,
          width: file?.width ?? null,
          height: file?.height ?? null,
          url: file?.url ?? (file && world.bytes.has(file.uniqueId) ? `/sandbox/v1/files/${file.fileId}` : null),
        }
      : null,
    media_group_id: message.mediaGroupId ?? null,
    reply_to: message.replyToMessageId ?? null,
    topic: message.topicId ?? null,
    silent: message.isSilent ?? false,
    protected: message.isProtected ?? false,
    effect: message.effectId ?? null,
    link_preview: linkPreview ?? null,
    caption_above: message.isCaptionAbove ?? false,
  }
}

function showPersonOf({ world }: Control, person: Person) {
  const dialogs = [...world.dialogs.values()].filter(({ personId }) => personId === person.id)
  return {
    id: person.id,
    first_name: person.firstName,
    language_code: person.languageCode ?? null,
    chats: dialogs.map(({ botId, isBlocked }) => ({
      bot: world.bots.get(botId)?.username ?? '',
      is_blocked: isBlocked,
    })),
  }
}

function getBot({ world }: Control, username: string): SandboxBot {
  const bot = world.botByUsername(username)
  if (!bot) throw new ControlError(404, `there is no bot @${username}`)
  return bot
}

function getPerson({ world }: Control, id: number): Person {
  const person = world.people.get(id)
  if (!person) throw new ControlError(404, `there is no person ${id}`)
  return person
}

function getGroup({ world }: Control, id: number): Group {
  const group = world.groups.get(id)
  if (!group) throw new ControlError(404, `there is no group ${id}`)
  return group
}
