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
  adminKey: string
  api: string
  sandbox: string | undefined
  botToken: string | undefined
  signal: AbortSignal
}

/** The name of the keys that are made at every start. */
const keyName = 'npm start'

interface BotView {
  id: string
  username: string
}

/**
 * A tenant and a bot, made on the first start and found again on later ones; and keys, which are made at
 * every start, since only their hashes are kept. What the folder remembers and the database does not have
 * is made anew.
 */
export async function provision(folder: DataFolder, at: Place): Promise<Provision> {
  const { adminKey } = at
  const admin = createHttpClient(at.api, at.signal, adminKey)
  const tenantId = await findOrMakeTenant(folder, admin)
  await revokeKeys(admin, tenantId)
  const { key: apiKey } = await admin.call<{ key: string }>('POST', `/admin/v1/tenants/${tenantId}/keys`, {
    name: keyName,
    scopes,
  })
  const app = createHttpClient(at.api, at.signal, apiKey)
  const { bot, isNew } = await findOrMakeBot(folder, app, at)
  // The token may have been replaced since the last start.
  if (!isNew && at.botToken !== undefined) await app.call('PUT', `/v1/bots/${bot.id}/token`, { token: at.botToken })
  return { tenantId, apiKey, adminKey, bot: { id: bot.id, username: bot.username } }
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

/** The first admin key comes from whoever can reach the database. */
export async function makeAdminKey(databaseUrl: string): Promise<string> {
  return withDatabase(databaseUrl, async (db) => (await issueAdminKeyByHand(db, { name: keyName, replaces: true })).key)
}

async function findOrMakeTenant(folder: DataFolder, admin: HttpClient): Promise<string> {
  const { tenantId } = folder.instance
  if (tenantId !== undefined && (await admin.exists(`/admin/v1/tenants/${tenantId}/keys`))) return tenantId
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
