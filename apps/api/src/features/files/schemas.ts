import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { pageQuery, Timestamp } from '../../http/schemas.js'

/** What Telegram takes of an upload, in bytes (Bot API, "Sending files"). */
export const fileBytesMax = 50 * 1_048_576

export const File = Type.Object(
  {
    id: ShownId('fil', 'The id of the file, for attachments.'),
    name: Type.String({ description: 'Its name, as it is shown in a chat.' }),
    size: Type.Integer({ description: 'In bytes.' }),
    mime_type: Type.String({ description: 'As its content says, whatever was claimed.' }),
    sha256: Type.String({ description: 'The hash of its content, in hexadecimal digits.' }),
    created_at: Timestamp('When it was first uploaded.'),
  },
  { $id: 'File', description: 'An uploaded file.' },
)
export type File = Static<typeof File>

export const UploadForm = Type.Object(
  {
    file: Type.Unsafe<unknown>({ type: 'string', format: 'binary', description: 'Up to 50 MB; a photo up to 10 MB.' }),
  },
  { $id: 'UploadForm' },
)

export const FileListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type FileListQuery = Static<typeof FileListQuery>
