import { imageSize } from 'image-size'
import { request } from 'undici'
import type { MediaType, SandboxBot, StoredFile } from '../state/types.js'
import type { World } from '../state/world.js'
import type { Parameters, UploadedFile } from './parameters.js'
import { badRequest } from './telegram-error.js'

const photoBytesMax = 10 * 1_048_576
const photoSidesMax = 10_000
const photoRatioMax = 20
const fetchTimeoutMs = 5_000
/** By address Telegram takes less than as an upload. */
const fetchedBytesMax: Partial<Record<MediaType, number>> = { photo: 5 * 1_048_576 }
const fetchedBytesMaxOthers = 20 * 1_048_576

/** Makes a file of what a parameter says: an upload, an address or the `file_id` of an earlier one. */
export async function takeFile(
  { world, bot, parameters }: { world: World; bot: SandboxBot; parameters: Parameters },
  type: MediaType,
  reference: string,
  field: string,
): Promise<StoredFile> {
  const upload = parameters.files.get(reference.startsWith('attach://') ? reference.slice(9) : field)
  if (upload && (reference === '' || reference.startsWith('attach://'))) return keep(world, bot, type, upload)
  if (reference === '' || reference.startsWith('attach://')) throw badRequest(`there is no ${type} in the request`)
  if (/^https?:\/\//i.test(reference)) return takeAddress(world, bot, type, reference)
  const known = world.files.get(reference)
  if (!known || known.botId !== bot.id) {
    throw badRequest("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
  }
  if (known.type !== type) throw badRequest(`can't use file of type ${title(known.type)} as ${title(type)}`)
  return known
}

function title(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1)
}

/** Nothing leaves this machine: only what is on it is fetched, the rest is taken unseen. */
async function takeAddress(world: World, bot: SandboxBot, type: MediaType, url: string): Promise<StoredFile> {
  if (!URL.canParse(url)) throw badRequest('wrong HTTP URL specified')
  // Telegram fetches an address as it is written, and encodes nothing of it.
  if (!/^[!-~]+$/.test(url)) throw badRequest('failed to get HTTP URL content')
  const { hostname, pathname } = new URL(url)
  const name = pathname.split('/').at(-1) || 'file'
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') {
    const unseen = { name, mimeType: 'application/octet-stream', size: 0, width: 800, height: 600 }
    return world.createFile({ botId: bot.id, type, url, ...unseen }, undefined)
  }
  const { mimeType, bytes } = await fetchFile(url)
  if (bytes.length > (fetchedBytesMax[type] ?? fetchedBytesMaxOthers))
    throw badRequest('failed to get HTTP URL content')
  if (type === 'photo' && !mimeType.startsWith('image/')) throw badRequest('wrong type of the web page content')
  return keep(world, bot, type, { name, mimeType, bytes })
}

async function fetchFile(url: string): Promise<{ mimeType: string; bytes: Buffer }> {
  try {
    const { statusCode, headers, body } = await request(url, {
      headersTimeout: fetchTimeoutMs,
      bodyTimeout: fetchTimeoutMs,
    })
    const bytes = Buffer.from(await body.arrayBuffer())
    if (statusCode !== 200) throw new Error(`status ${statusCode}`)
    return { mimeType: String(headers['content-type'] ?? 'application/octet-stream').split(';')[0] ?? '', bytes }
  } catch {
    throw badRequest('failed to get HTTP URL content')
  }
}

function keep(world: World, bot: SandboxBot, type: MediaType, { name, mimeType, bytes }: UploadedFile): StoredFile {
  const { width, height } = type === 'photo' ? readPhoto(bytes) : (findSize(bytes) ?? { width: 0, height: 0 })
  return world.createFile(
    { botId: bot.id, type, url: undefined, name, mimeType, size: bytes.length, width, height },
    bytes,
  )
}

function readPhoto(bytes: Buffer): { width: number; height: number } {
  if (bytes.length > photoBytesMax) throw badRequest('photo is too big')
  const size = findSize(bytes)
  if (!size) throw badRequest('IMAGE_PROCESS_FAILED')
  const { width, height } = size
  if (width + height > photoSidesMax || Math.max(width / height, height / width) > photoRatioMax) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS')
  }
  return size
}

function findSize(bytes: Buffer): { width: number; height: number } | undefined {
  try {
    return imageSize(bytes)
  } catch {
    return undefined
  }
}

/** A file as a message of the Bot API shows it. */
export function showFile({ type, fileId, uniqueId, width, height, size, name, mimeType }: StoredFile): object {
  const file = { file_id: fileId, file_unique_id: uniqueId, file_size: size }
  switch (type) {
    case 'photo':
      return { photo: [{ ...file, width, height }] }
    case 'voice':
      return { voice: { ...file, duration: 0, mime_type: mimeType } }
    case 'video_note':
      return { video_note: { ...file, length: 240, duration: 0 } }
    case 'sticker':
      return { sticker: { ...file, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false } }
    case 'document':
      return { document: { ...file, file_name: name, mime_type: mimeType } }
    case 'audio':
      return { audio: { ...file, file_name: name, mime_type: mimeType, duration: 0 } }
    case 'video':
      return { video: { ...file, file_name: name, mime_type: mimeType, width, height, duration: 0 } }
    case 'animation': {
      const animation = { ...file, file_name: name, mime_type: mimeType, width, height, duration: 0 }
      // An animation is also shown as the document that it is to older programs.
      return { animation, document: { ...file, file_name: name, mime_type: mimeType } }
    }
  }
}
