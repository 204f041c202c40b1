import { connectDatabase } from '@tellwire/db'
import { issueAdminKey, scopes } from '@tellwire/domain'
import type { DataFolder } from './data-folder.js'
import { createHttpClient } from './http-client.js'

export interface Provision {
  tenantId: string
  apiKey: string
  adminKey: string
  bot: { id: string; username: string }
}

/**
 * A tenant and a bot, made on the first start and found again on later ones; and keys, which are made at
 * every start, since only their hashes are kept.
 */
export async function provision(
  folder: DataFolder,
  at: { databaseUrl: string; api: string; sandbox: string | undefined; botToken: string | undefined },
): Promise<Provision> {
  const adminKey = await makeAdminKey(at.databaseUrl)
  const admin = createHttpClient(at.api, adminKey)

  if (folder.instance.tenantId === undefined) {
    const tenant = await admin.call<{ id: string }>('POST', '/admin/v1/tenants', { name: 'Example App' })
    await folder.saveInstance({ tenantId: tenant.id })
  }
  const tenantId = folder.instance.tenantId ?? ''
  const { key: apiKey } = await admin.call<{ key: string }>('POST', `/admin/v1/tenants/${tenantId}/keys`, {
    name: 'npm start',
    scopes,
  })

  if (folder.instance.bot === undefined) {
    const token = at.botToken ?? (await makeSandboxBot(at.sandbox ?? ''))
    const { id, username } = await createHttpClient(at.api, apiKey).call<{ id: string; username: string }>(
      'POST',
      '/v1/bots',
      { token },
    )
    await folder.saveInstance({ bot: { id, username } })
  }
  return { tenantId, apiKey, adminKey, bot: folder.instance.bot ?? { id: '', username: '' } }
}

async function makeSandboxBot(sandbox: string): Promise<string> {
  const client = createHttpClient(sandbox)
  const { data } = await client.call<{ data: { username: string }[] }>('GET', '/sandbox/v1/bots')
  const username = data.length === 0 ? 'tellwire_demo_bot' : `tellwire_demo_${data.length + 1}_bot`
  const bot = await client.call<{ token: string }>('POST', '/sandbox/v1/bots', {
    username,
    first_name: 'Tellwire Demo',
  })
  return bot.token
}

async function makeAdminKey(databaseUrl: string): Promise<string> {
  const db = connectDatabase({ url: databaseUrl, poolMax: 1 })
  try {
    return (await issueAdminKey(db, 'npm start')).key
  } finally {
    await db.$disconnect()
  }
}
