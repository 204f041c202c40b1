import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type InTransaction, newId } from '@tellwire/db'
import { fileKey, keepOnce, type Kept } from '@tellwire/domain'
import { fileTypeFromFile } from 'file-type'
import type { Keeping, Needs } from '../../context.js'
import { ApiError, refusal } from '../../errors.js'
import { type Adding, assertHasRoom, assertRoom } from '../../limits/tenant-quotas.js'
import { withContent } from '../../http/idempotency.js'
import { fileBytesMax, type File } from './schemas.js'
import { showFile } from './show-file.js'

const nameLengthMax = 200

/** A form that is still arriving. */
export interface Upload {
  /** Undefined where the form has no file. */
  file(): Promise<
    { file: Readable & { truncated: boolean }; fieldname: string; filename: string; mimetype: string } | undefined
  >
}

interface Received {
  hash: Buffer
  size: number
  mimeType: string
  name: string
}

/**
 * Keeps a file, streamed to a temporary place first: its name in the store is the hash of its content, which
 * is known at the end.
 */
export async function uploadFile(
  scope: Adding & Keeping & Needs<'files'>,
  upload: Upload,
): Promise<Kept<{ file: File; isNew: boolean }>> {
  const folder = await mkdtemp(join(tmpdir(), 'tellwire-upload-'))
  try {
    const path = join(folder, 'content')
    const { part, hash, size } = await receivePart(upload, path)
    if (part.file.truncated) {
      throw new ApiError('payload_too_large', `A file may have up to ${fileBytesMax} bytes.`, {
        errors: [
          { pointer: `/${part.fieldname}`, code: 'file_too_large', detail: `has more than ${fileBytesMax} bytes` },
        ],
      })
    }
    if (size === 0)
      throw refusal('file_empty', 'The file is empty.', { pointer: `/${part.fieldname}`, detail: 'has no bytes' })
    const mimeType = await sniff(path, part.mimetype)
    return await keep(scope, path, { hash, size, mimeType, name: cleanName(part.filename) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function receivePart(upload: Upload, path: string) {
  try {
    const part = await upload.file()
    if (!part) throw noFile()
    return { part, ...(await receive(part.file, path)) }
  } catch (cause) {
    // What is wrong with the form has a code of its own or none at all; what the disk has against it has one.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    if (cause instanceof ApiError || (code !== undefined && !code.startsWith('FST_'))) throw cause
    throw new ApiError('malformed_request', 'The body is not a form with one file.', {
      cause,
      errors: [{ pointer: '/file', code: 'form', detail: 'cannot be read from multipart/form-data' }],
    })
  }
}

function noFile(): ApiError {
  return new ApiError('invalid_request', 'The body has no file.', {
    errors: [{ pointer: '/file', code: 'required', detail: 'is required: one part with a file name' }],
  })
}

async function receive(content: Readable, path: string): Promise<{ hash: Buffer; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  await pipeline(
    content,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        size += chunk.length
        yield chunk
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  )
  return { hash: hash.digest(), size }
}

/** What the content is; text has no mark of its own, so that there the claim counts. */
async function sniff(path: string, claimed: string): Promise<string> {
  const found = await fileTypeFromFile(path)
  if (found) return found.mime
  return /^text\/[\w.+-]+$/.test(claimed) ? claimed : 'application/octet-stream'
}

function cleanName(name: string): string {
  const cleaned = name
    .slice(-nameLengthMax)
    .toWellFormed()
    .replace(/[\p{Cc}/\\]/gu, '_')
  return cleaned === '' ? 'file' : cleaned
}

/** The bytes come first: whoever sees the row finds them. */
async function keep(
  scope: Adding & Keeping & Needs<'files'>,
  path: string,
  { hash, size, mimeType, name }: Received,
): Promise<Kept<{ file: File; isNew: boolean }>> {
  const contentHash = new Uint8Array(hash)
  const isKnown = async ({ db, tenantId }: Pick<InTransaction<Adding>, 'db' | 'tenantId'>): Promise<boolean> =>
    (await db.file.count({ where: { tenantId, contentHash } })) > 0
  if (!(await isKnown(scope))) {
    await assertHasRoom(scope, 'files')
    await assertHasRoom(scope, 'file_bytes', size)
  }
  const key = fileKey(scope.tenantId, hash)
  const store = async (): Promise<void> => {
    if (!(await scope.files.has(key))) await scope.files.write(key, createReadStream(path))
  }
  await store()
  const idempotency = withContent(scope.idempotency, hash)
  const kept = await keepOnce({ ...scope, idempotency }, async (scope) => {
    const { db, tenantId } = scope
    if (!(await isKnown(scope))) {
      await assertRoom(scope, 'files')
      await assertRoom(scope, 'file_bytes', size)
    }
    const id = newId()
    const file = await db.file.upsert({
      where: { tenantId_contentHash: { tenantId, contentHash } },
      create: { tenantId, id, contentHash, size: BigInt(size), mimeType, name },
      update: { lastUsedAt: new Date() },
    })
    return { file: showFile(file), isNew: file.id === id }
  })
  // The same content may have been deleted since it was found.
  await store()
  return kept
}
