import type { Prisma } from '@tellwire/db'
import { showId } from '../../http/ids.js'
import type { File } from './schemas.js'

export function showFile(file: Prisma.FileGetPayload<object>): File {
  return {
    id: showId('fil', file.id),
    name: file.name,
    size: Number(file.size),
    mime_type: file.mimeType,
    sha256: Buffer.from(file.contentHash).toString('hex'),
    created_at: file.createdAt.toISOString(),
  }
}
