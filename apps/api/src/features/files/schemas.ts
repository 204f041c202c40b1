import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { pageQuery, Timestamp } from '../../http/schemas.js'

/** What Telegram takes of an upload (Bot API, "Sending files"). */
export const fileBytesMax = 50 * 1_048_576

export const File = Type.Object({
  id: ShownId('fil'),
  name: Type.String(),
  size: Type.Integer({ description: 'In bytes.' }),
  mime_type: Type.String({ description: 'As its content says, whatever was claimed.' }),
  sha256: Type.String(),
  created_at: Timestamp,
})
export type File = Static<typeof File>

export const UploadForm = Type.Object({
  file: Type.Unsafe<unknown>({ type: 'string', format: 'binary', description: 'Up to 50 MB; a photo up to 10 MB.' }),
})

export const FileParams = Type.Object({ id: GivenId })
export const FileListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type FileListQuery = Static<typeof FileListQuery>
