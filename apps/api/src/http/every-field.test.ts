import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { issueAdminKey } from '@tellwire/domain'
import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../test/fixtures.js'
import { type GeneratedRequest, hostileRequests, thinned } from '../../test/generate-requests.js'
import type { Route } from '../route.js'
import { operatorRoutes, tenantRoutes } from '../routes.js'

const routes = [...tenantRoutes, ...operatorRoutes]

test('no value in any field of any operation is an error of ours, whoever sends it', async ({
  api,
  app,
  as,
  db,
  tenant,
}) => {
  const bot = await createBot(api, tenant)
  await createConnection(db, tenant, 'u_42')
  const { id: notification } = (
    await as(tenant).post('/v1/notifications', { to: { user_id: 'u_42' }, text: 'x' })
  ).json<{ id: string }>()
  const template = (await as(tenant).post('/v1/templates', { name: 't', texts: { en: '{{a}}' }, publish: true })).json<{
    id: string
  }>()
  await as(tenant).put('/v1/topics/news/subscribers/u_42', {})
  const stranger = await createTenant(db)
  const { key: adminKey } = await issueAdminKey(db, { name: 'generated' })
  const idOf = ({ url }: Route): string => {
    if (url.includes('/bots/')) return bot.id
    if (url.includes('/templates/')) return template.id
    return notification
  }

  const failed: string[] = []
  const all = routes.flatMap((route) => {
    const callers = [route.scope === 'admin' ? adminKey : tenant.key, stranger.key, undefined]
    const requests = [...hostileRequests(route, { id: idOf(route), user_id: 'u_42', topic: 'news' })]
    return requests.flatMap((request) => callers.map((key) => ({ request, key })))
  })
  const cases = thinned(all, 13)
  const next = cases.values()
  // Each takes the next case from the one iterator that they share.
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const { request, key } of next) {
        let status = await send(request, key)
        // A machine that stands still for seconds is turned away from once, whatever was sent: that tells nothing of the value.
        for (let attempt = 0; status === 503 && attempt < 3; attempt++) {
          await delay(2_000)
          status = await send(request, key)
        }
        // What is refused at once takes no turn of the loop: many in a row would hold up all else, and that counts as too much load.
        await nextTurn()
        if (status >= 500) failed.push(`${request.what}: ${status}`)
      }
    }),
  )

  expect(failed).toEqual([])
  expect(all.length).toBeGreaterThan(20_000)

  async function send({ method, url, headers, body }: GeneratedRequest, key: string | undefined): Promise<number> {
    const response = await app.inject({
      method,
      url,
      headers: { ...headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { payload: body }),
    })
    return response.statusCode
  }
})
