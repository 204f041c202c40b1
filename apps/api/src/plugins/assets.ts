import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { assetsFolder } from '../folders.js'

const script = 'text/javascript; charset=utf-8'
const style = 'text/css; charset=utf-8'
const own = (name: string): string => join(assetsFolder, name)
const redoc = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js')

const assets = [
  { name: 'connect-page.css', type: style, file: own('connect-page.css') },
  { name: 'connect-page.js', type: script, file: own('connect-page.js') },
  { name: 'pages.css', type: style, file: own('pages.css') },
  { name: 'icon.svg', type: 'image/svg+xml', file: own('icon.svg') },
  { name: 'reference.js', type: script, file: own('reference.js') },
  { name: 'redoc.js', type: script, file: redoc },
]

/** Serves what pages load. */
export async function serveAssets(app: FastifyInstance): Promise<void> {
  for (const { name, type, file } of assets) {
    const content = withoutForeignImages(await readFile(file))
    app.get(`/assets/${name}`, async (_request, reply) =>
      reply.type(type).header('cache-control', 'max-age=300').send(content),
    )
  }
}

/** Serves the element that shows a connect link in pages of tenants' sites, which load it from wherever they are. */
export async function serveConnectElement(app: FastifyInstance): Promise<void> {
  const content = await readFile(own('connect.js'))
  app.get('/connect.js', async (_request, reply) =>
    reply
      .type(script)
      .header('cache-control', 'max-age=300')
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(content),
  )
}

/** Redoc names its maker, with a picture from elsewhere; no reader's browser is to ask anybody else. */
function withoutForeignImages(content: Buffer): Buffer {
  const picture = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
  return content.includes(picture) ? Buffer.from(content.toString().replaceAll(picture, '/assets/icon.svg')) : content
}
