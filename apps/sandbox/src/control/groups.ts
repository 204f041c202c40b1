import Type from 'typebox'
import { type ControlApp, Id, strict } from './app.js'
import { ControlError } from './control-error.js'
import { getBot, getGroup, getPerson } from './find.js'
import { addBot, changeRights, type Control, removeBot, upgradeGroup } from './people-actions.js'
import { showGroupOf, showStored } from './show.js'

const NewGroup = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 128 }),
    members: Type.Array(Type.Integer(), { maxItems: 1_000 }),
    type: Type.Union([Type.Literal('group'), Type.Literal('supergroup'), Type.Literal('channel')], {
      default: 'group',
    }),
    is_forum: Type.Optional(Type.Boolean()),
    administrators: Type.Optional(Type.Array(Type.Integer(), { maxItems: 50 })),
  },
  strict,
)

const NewRights = Type.Object(
  {
    bot: Type.String(),
    person: Type.Integer(),
    status: Type.Union([Type.Literal('member'), Type.Literal('administrator'), Type.Literal('restricted')]),
    can_post_messages: Type.Boolean({ default: true }),
    can_send_messages: Type.Boolean({ default: true }),
  },
  strict,
)

const NewTopic = Type.Object({ title: Type.String({ minLength: 1, maxLength: 128 }) }, strict)

const TopicParams = Type.Object({ id: Type.Integer(), topic: Type.Integer() })

/** Makes groups, channels and topics of forums, with their bots. */
export function controlGroups(app: ControlApp, control: Control): void {
  const { world } = control
  app.post('/groups', { schema: { body: NewGroup } }, async (request, reply) => {
    for (const id of request.body.members) getPerson(control, id)
    const { is_forum: isForum, administrators, ...group } = request.body
    const created = world.createGroup(group)
    if (administrators) created.administrators = administrators
    if (isForum) created.topics = []
    return reply.code(201).send({ id: created.id })
  })
  app.get('/groups', async () => ({
    data: [...world.groups.values()].map((group) => showGroupOf(control, group)),
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
  app.put('/groups/:id/bots', { schema: { params: Id, body: NewRights } }, async (request) => {
    const { bot, person, status, can_post_messages: canPost, can_send_messages: canSend } = request.body
    changeRights(control, getPerson(control, person), {
      group: getGroup(control, request.params.id),
      bot: getBot(control, bot),
      rights: { status, canPost: status === 'administrator' && canPost, canSend },
    })
    return { ok: true }
  })
  app.post('/groups/:id/upgrade', { schema: { params: Id } }, async (request, reply) => {
    const group = getGroup(control, request.params.id)
    if (group.type !== 'group' || group.migratedTo !== undefined) {
      throw new ControlError(409, 'it is a supergroup or a channel already')
    }
    return reply.code(201).send({ id: upgradeGroup(control, group).id })
  })
  app.post('/groups/:id/topics', { schema: { params: Id, body: NewTopic } }, async (request, reply) => {
    const group = getGroup(control, request.params.id)
    if (!group.topics) throw new ControlError(409, 'the group is not a forum')
    const topic = { id: group.nextMessageId++, title: request.body.title, isClosed: false }
    group.topics.push(topic)
    world.onChange()
    return reply.code(201).send({ id: topic.id })
  })
  app.patch(
    '/groups/:id/topics/:topic',
    { schema: { params: TopicParams, body: Type.Object({ is_closed: Type.Boolean() }, strict) } },
    async (request) => {
      const { topics } = getGroup(control, request.params.id)
      const topic = topics?.find(({ id }) => id === request.params.topic)
      if (!topic) throw new ControlError(404, 'there is no such topic')
      topic.isClosed = request.body.is_closed
      world.onChange()
      return { ok: true }
    },
  )
  app.delete('/groups/:id/topics/:topic', { schema: { params: TopicParams } }, async (request) => {
    const group = getGroup(control, request.params.id)
    group.topics = group.topics?.filter(({ id }) => id !== request.params.topic)
    world.onChange()
    return { ok: true }
  })
  app.get('/groups/:id/messages', { schema: { params: Id } }, async (request) => ({
    data: world.messagesOf(0, getGroup(control, request.params.id).id).map((message) => showStored(control, message)),
  }))
}
