import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FileStore, openFileStore } from './index.js'

const key = 'tenant/abc123'

/** What a bucket does, as far as a store needs it. */
function startBucket(): Server {
  const objects = new Map<string, Buffer>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/')) {
      response.writeHead(403).end()
    } else if (request.method === 'PUT') {
      const body = await buffer(request)
      const isChunked = request.headers['x-amz-content-sha256']?.toString().startsWith('STREAMING') ?? false
      objects.set(path, isChunked ? decodeChunks(body) : body)
      response.writeHead(200, { etag: '"x"' }).end()
    } else if (request.method === 'DELETE') {
      objects.delete(path)
      response.writeHead(204).end()
    } else {
      const object = objects.get(path)
      response.writeHead(object ? 200 : 404).end(object)
    }
  }
  return createServer((request, response) => void answer(request, response))
}

/** Signed chunks: their length in hexadecimal, the content, and at the end checksums. */
function decodeChunks(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let position = 0; position < body.length;) {
    const lineEnd = body.indexOf('\r\n', position)
    const length = Number.parseInt(body.subarray(position, lineEnd).toString(), 16)
    if (length === 0 || Number.isNaN(length)) break
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + length))
    position = lineEnd + 2 + length + 2
  }
  return Buffer.concat(parts)
}

describe.each(['a folder', 'a bucket'])('in %s', (kind) => {
  let folder: string
  let bucket: Server
  let store: FileStore
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tellwire-files-'))
    bucket = startBucket()
    await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
    const { port } = bucket.address() as AddressInfo
    store = await openFileStore({
      FILES_DIR: folder,
      FILES_S3_REGION: 'us-east-1',
      ...(kind === 'a bucket'
        ? {
            FILES_S3_BUCKET: 'files',
            FILES_S3_ENDPOINT: `http://127.0.0.1:${port}`,
            FILES_S3_ACCESS_KEY_ID: 'key',
            FILES_S3_SECRET_ACCESS_KEY: 'secret',
          }
        : {}),
    })
  })
  afterAll(() => {
    store.close()
    bucket.close()
    rmSync(folder, { recursive: true })
  })

  test('gives back what was written, and writes it twice without harm', async () => {
    const content = createHash('sha512').update('x').digest()
    await store.write(key, Readable.from([content.subarray(0, 10), content.subarray(10)]))
    await store.write(key, Readable.from([content]))

    expect(await buffer(await store.open(key))).toEqual(content)
  })

  test('has nothing where nothing was written, or it was removed', async () => {
    await store.write('tenant/gone', Readable.from([Buffer.from('x')]))
    await store.remove('tenant/gone')
    await store.remove('tenant/never')

    await expect(store.open('tenant/gone')).rejects.toThrow()
    await expect(store.open('tenant/never')).rejects.toThrow()
  })

  test('keeps nothing of a file that broke off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('broken off')
      })(),
    )

    await expect(store.write('tenant/half', broken)).rejects.toThrow('broken off')
    await expect(store.open('tenant/half')).rejects.toThrow()
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('half'))).toEqual([])
  })
})
