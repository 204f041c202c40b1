import { endConnections } from '@tellwire/domain'
import { newId } from '@tellwire/db'
import type { ReplyButton } from '../compose/reply-body.js'
import { makeChatButton } from './chat-buttons.js'
import { packId } from './pack-id.js'
import { type ChatTenant, findTenants } from './find-tenants.js'
import { type Said, speaksForChat } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

const hourMs = 3_600_000
/** A time that nobody waits for. */
const forGood = new Date('9999-01-01T00:00:00Z')

/** What a button of the apps does, in a letter: Telegram keeps few bytes with a button. */
const actions = {
  list: 'l',
  show: 's',
  hour: 'h',
  eight: 'e',
  always: 'a',
  unmute: 'u',
  end: 'x',
  report: 'r',
} as const
type Action = keyof typeof actions

/** Shows which tenants may write in a chat, a button each. */
export async function showApps(scope: UpdateScope, said: Said): Promise<void> {
  const { chat, place, speaker } = said
  const tenants = await findTenants(scope, chat.id)
  if (tenants.length === 0) return reply(scope, place, { text: speaker.say('not_connected') })
  await reply(scope, place, {
    text: speaker.say('apps_title', { count: tenants.length }),
    buttons: tenants.map((tenant) => [button(scope, said, tenant.name, 'show', tenant)]),
  })
}

/**
 * Does what a button of the apps says: `<action>.<tenant>`. In a group only who speaks for it changes anything.
 * @returns what to tell the person who pressed; undefined where the answer says it.
 */
export async function manageApp(scope: UpdateScope, said: Said, argument: string): Promise<string | undefined> {
  const { chat, from, place, speaker } = said
  const { say } = speaker
  const [action = '', packed = ''] = argument.split('.')
  if (action === actions.list) {
    await showApps(scope, said)
    return undefined
  }
  const tenant = (await findTenants(scope, chat.id)).find(({ id }) => packId(id) === packed)
  if (!tenant) return say('press_gone')
  if (action === actions.show) {
    await showApp(scope, said, tenant)
    return undefined
  }
  if (!speaksForChat(said) && !scope.isAdministrator(chat.id, from?.id ?? 0)) return say('stop_refused')

  const where = { tenantId: tenant.id, botId: scope.botId, chatId: BigInt(chat.id) }
  const mute = mutes.get(action)
  if (mute) {
    const mutedUntil = mute()
    await scope.db.connection.updateMany({ where: { ...where, status: 'active' }, data: { mutedUntil } })
    await showApp(scope, said, { ...tenant, mutedUntil })
  } else if (action === actions.end) {
    await endConnections(scope, where, { status: 'stopped', reason: 'person_stopped' })
    await reply(scope, place, { text: say('disconnected', { tenant: tenant.name }) })
  } else if (action === actions.report) {
    await recordReport(scope, said, tenant.id)
    await reply(scope, place, { text: say('reported', { tenant: tenant.name }), buttons: [back(scope, said)] })
  } else {
    return say('press_gone')
  }
  return undefined
}

const mutes = new Map<string, () => Date | null>([
  [actions.hour, () => new Date(Date.now() + hourMs)],
  [actions.eight, () => new Date(Date.now() + 8 * hourMs)],
  [actions.always, () => forGood],
  [actions.unmute, () => null],
])

async function showApp(scope: UpdateScope, said: Said, tenant: ChatTenant): Promise<void> {
  const { say, language } = said.speaker
  const { name, mutedUntil } = tenant
  const until = mutedUntil?.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  const text =
    until === undefined
      ? say('app_active', { tenant: name })
      : mutedUntil === null || mutedUntil.getTime() >= forGood.getTime()
        ? say('app_muted', { tenant: name })
        : say('app_muted_until', { tenant: name, until: `${until} UTC` })
  const act = (label: string, action: Action): ReplyButton => button(scope, said, label, action, tenant)
  await reply(scope, said.place, {
    text,
    buttons: [
      ...(mutedUntil === null
        ? [[act(say('mute_hour'), 'hour'), act(say('mute_eight_hours'), 'eight')], [act(say('mute_always'), 'always')]]
        : [[act(say('unmute'), 'unmute')]]),
      [act(say('disconnect'), 'end'), act(say('report'), 'report')],
      back(scope, said),
    ],
  })
}

function back(scope: UpdateScope, said: Said): ReplyButton[] {
  return [
    { text: said.speaker.say('back'), data: makeChatButton(scope, said, { kind: 'apps', argument: actions.list }) },
  ]
}

function button(scope: UpdateScope, said: Said, text: string, action: Action, { id }: ChatTenant): ReplyButton {
  return { text, data: makeChatButton(scope, said, { kind: 'apps', argument: `${actions[action]}.${packId(id)}` }) }
}

/** A person complains about a tenant; once for a chat, however often it is said. */
async function recordReport({ db, botId }: UpdateScope, { chat, from }: Said, tenantId: string): Promise<void> {
  const reportedBy = from === undefined ? null : BigInt(from.id)
  await db.report.createMany({
    data: [{ id: newId(), tenantId, botId, chatId: BigInt(chat.id), reportedBy }],
    skipDuplicates: true,
  })
}
