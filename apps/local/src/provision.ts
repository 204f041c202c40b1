import { connectDatabase, type Database } from '@tellwire/db'
import { issueAdminKeyByHand, scopes } from '@tellwire/domain'
import type { DataFolder } from './data-folder.js'
import { createHttpClient, type HttpClient } from './http-client.js'

export interface Provision {
  tenantId: string
  apiKey: string
  adminKey: string
  bot: { id: string; username: string }
}

interface Place {
  databaseUrl: string
  api: string
  sandbox: string | undefined
  botToken: string | undefined
  signal: AbortSignal
}

/** The name of the keys that a start makes. */
const keyName = 'npm start'

interface BotView {
  id: string
  username: string
}

/**
 * A tenant, its bot and the keys, made on the first start and found again on later ones. What the folder remembers and the
 * database does not have is made anew.
 */
export async function provision(folder: DataFolder, at: Place): Promise<Provision> {
  const adminKey = await findOrMakeAdminKey(folder, at)
  const admin = createHttpClient(at.api, at.signal, adminKey)
  const tenantId = await findOrMakeTenant(folder, admin)
  const apiKey = await findOrMakeKey(folder, admin, { ...at, tenantId })
  const app = createHttpClient(at.api, at.signal, apiKey)
  const { bot, isNew } = await findOrMakeBot(folder, app, at)
  // The token may have been replaced since the last start.
  if (!isNew && at.botToken !== undefined) await app.call('PUT', `/v1/bots/${bot.id}/token`, { token: at.botToken })
  return { tenantId, apiKey, adminKey, bot: { id: bot.id, username: bot.username } }
}

/** The first admin key comes from whoever can reach the database. */
async function findOrMakeAdminKey(folder: DataFolder, { api, databaseUrl, signal }: Place): Promise<string> {
  const { adminKey } = folder.instance
  if (adminKey !== undefined && (await createHttpClient(api, signal, adminKey).find('/admin/v1/keys')) !== undefined)
    return adminKey
  const { key } = await withDatabase(databaseUrl, (db) => issueAdminKeyByHand(db, { name: keyName, replaces: true }))
  await folder.saveInstance({ adminKey: key })
  return key
}

/** A key that does not have all scopes is from before there were as many. */
async function findOrMakeKey(
  folder: DataFolder,
  admin: HttpClient,
  { api, signal, tenantId }: Place & { tenantId: string },
): Promise<string> {
  const { apiKey } = folder.instance
  const me = apiKey === undefined ? undefined : await createHttpClient(api, signal, apiKey).find<MeView>('/v1/me')
  const isUsable = me?.tenant.id === tenantId && scopes.every((scope) => me.key.scopes.includes(scope))
  if (apiKey !== undefined && isUsable) return apiKey
  await revokeKeys(admin, tenantId)
  const path = `/admin/v1/tenants/${tenantId}/keys`
  const { key } = await admin.call<{ key: string }>('POST', path, { name: keyName, scopes })
  await folder.saveInstance({ apiKey: key })
  return key
}

interface MeView {
  tenant: { id: string }
  key: { scopes: string[] }
}

/** Revokes the keys that earlier starts have made: nobody is told of them again. */
async function revokeKeys(admin: HttpClient, tenantId: string): Promise<void> {
  const path = `/admin/v1/tenants/${tenantId}/keys`
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page: KeyPage = await admin.call<KeyPage>('GET', `${path}?limit=100${query}`)
    const own = page.data.filter((key) => key.name === keyName && key.revoked_at === null)
    for (const { id } of own) await admin.call('DELETE', `${path}/${id}`)
    cursor = page.next_cursor
  }
}

interface KeyPage {
  data: { id: string; name: string; revoked_at: string | null }[]
  next_cursor: string | null
}

async function findOrMakeTenant(folder: DataFolder, admin: HttpClient): Promise<string> {
  const { tenantId } = folder.instance
  if (tenantId !== undefined && (await admin.find(`/admin/v1/tenants/${tenantId}/keys`)) !== undefined) return tenantId
  const tenant = await admin.call<{ id: string }>('POST', '/admin/v1/tenants', { name: 'Example App' })
  await folder.saveInstance({ tenantId: tenant.id, isStoryTold: false })
  return tenant.id
}

/** The tenant has one bot: the one that is there, or else one that is registered now. */
async function findOrMakeBot(
  folder: DataFolder,
  app: HttpClient,
  at: Place,
): Promise<{ bot: BotView; isNew: boolean }> {
  const { data } = await app.call<{ data: BotView[] }>('GET', '/v1/bots')
  const [existing] = data
  if (existing) return { bot: existing, isNew: false }
  await folder.saveInstance({ isStoryTold: false })
  const token = at.botToken ?? (await makeSandboxBot(createHttpClient(at.sandbox ?? '', at.signal)))
  return { bot: await app.call<BotView>('POST', '/v1/bots', { token }), isNew: true }
}

async function withDatabase<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = connectDatabase({ url, poolMax: 1 })
  try {
    return await work(db)
  } finally {
    await db.$disconnect()
  }
}

async function makeSandboxBot(client: HttpClient): Promise<string> {
  const { data } = await client.call<{ data: { username: string }[] }>('GET', '/sandbox/v1/bots')
  const username = data.length === 0 ? 'tellwire_demo_bot' : `tellwire_demo_${data.length + 1}_bot`
  const bot = await client.call<{ token: string }>('POST', '/sandbox/v1/bots', {
    username,
    first_name: 'Tellwire Demo',
  })
  return bot.token
}
