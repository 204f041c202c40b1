import type { AddressRules, Attachment, TenantScope } from '@tellwire/domain'
import type { Needs } from '../context.js'
import { type ApiError, refusal } from '../errors.js'
import { parseId } from '../http/ids.js'
import { findAddressFault } from './check-address.js'
import type { MessageInput } from './schemas.js'

type Scope = TenantScope & Needs<'addresses'>
type Given = NonNullable<MessageInput['attachments']>[number]

const sources = ['url', 'file', 'file_id'] as const
/** What Telegram takes of a photo that is uploaded (Bot API, "Sending files"). */
const photoBytesMax = 10 * 1_048_576
const withSpoiler = ['photo', 'video', 'animation']

/** @throws `attachments_refused`, `file_unknown` or `file_too_large`. */
export async function readAttachments(scope: Scope, attachments: Given[]): Promise<Attachment[]> {
  if (attachments.length > 1) assertAlbum(attachments)
  return Promise.all(attachments.map((attachment, index) => readAttachment(scope, attachment, `/attachments/${index}`)))
}

/** Photos and videos go together; documents and audio only with their own. */
function assertAlbum(attachments: Given[]): void {
  const [first] = attachments
  for (const [index, { type }] of attachments.entries()) {
    const pointer = `/attachments/${index}/type`
    if (attachments[index]?.fallback) throw refused(`/attachments/${index}/fallback`, 'is not for albums')
    if (type === 'animation' || type === 'voice' || type === 'sticker') {
      throw refused(pointer, `${type} can't be part of an album`)
    }
    const isVisual = (kind: string | undefined) => kind === 'photo' || kind === 'video'
    if (type !== first?.type && !(isVisual(type) && isVisual(first?.type))) {
      throw refused(pointer, `${type} can't be mixed with ${first?.type ?? 'other media'} in an album`)
    }
  }
}

async function readAttachment(scope: Scope, given: Given, pointer: string): Promise<Attachment> {
  const named = sources.filter((source) => given[source] !== undefined)
  if (named.length !== 1) throw refused(pointer, `needs exactly one of ${sources.join(', ')}`)
  if (given.spoiler && !withSpoiler.includes(given.type))
    throw refused(`${pointer}/spoiler`, `is not for ${given.type}`)
  if (given.fallback && given.type !== 'photo') throw refused(`${pointer}/fallback`, 'is for photos only')
  const { file, file_id: fileId, url, ...rest } = given
  if (url !== undefined) {
    assertUrl(scope.addresses, url, `${pointer}/url`)
    return { ...rest, url }
  }
  const ownId = file ?? (fileId?.startsWith('fil_') ? fileId : undefined)
  if (ownId === undefined) return { ...rest, file_id: fileId ?? '' }
  const found = await findFile(scope, ownId, `${pointer}/${file === undefined ? 'file_id' : 'file'}`)
  if (given.type !== 'photo' || found.size <= photoBytesMax) return { ...rest, file: found.id }
  if (given.fallback === 'document') return { ...rest, type: 'document', file: found.id }
  throw refusal('file_too_large', 'Telegram takes photos up to 10 MB. Send it as a document, or set fallback.', {
    pointer: `${pointer}/type`,
    detail: `has ${found.size} bytes, more than ${photoBytesMax}`,
  })
}

/** That it is used is noted once a day. */
const noteUseAfterMs = 86_400_000

async function findFile({ db, tenantId }: TenantScope, given: string, pointer: string) {
  const id = parseId('fil', given)
  const select = { size: true, lastUsedAt: true }
  const file = id && (await db.file.findUnique({ where: { tenantId_id: { tenantId, id } }, select }))
  if (!id || !file) {
    throw refusal('file_unknown', 'There is no such file. Upload it to /v1/files first.', {
      pointer,
      detail: 'is not a file of yours',
    })
  }
  if (Date.now() - file.lastUsedAt.getTime() > noteUseAfterMs) {
    await db.file.updateMany({ where: { tenantId, id }, data: { lastUsedAt: new Date() } })
  }
  return { id, size: Number(file.size) }
}

function assertUrl(addresses: AddressRules, url: string, pointer: string): void {
  const fault = findAddressFault(addresses, url)
  if (fault !== undefined) throw refused(pointer, fault)
}

function refused(pointer: string, detail: string): ApiError {
  return refusal('attachments_refused', `${pointer} ${detail}.`, { pointer, detail })
}
