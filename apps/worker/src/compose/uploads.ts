import type { AttachmentType } from '@tellwire/domain'

/** Uploads of a bot that are queued or under way, each by the delivery that makes it. */
export type OpenUploads = Map<string, string>

/** Thrown while another delivery uploads a file: once that is done, it need not be uploaded again. */
export class UploadUnderWay extends Error {
  override readonly name = 'UploadUnderWay'
}

/** The key of one file, shown as one kind of attachment. */
export function mediumKey({ fileId, type }: { fileId: string; type: AttachmentType }): string {
  return `${type} ${fileId}`
}

/** Lets others upload what a delivery was to upload: it is answered, or goes back. */
export function closeUploads(uploads: OpenUploads, deliveryId: string): void {
  for (const [key, uploader] of uploads) if (uploader === deliveryId) uploads.delete(key)
}
