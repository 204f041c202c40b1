import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import { Answer, replayedHeader } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { deleteFile } from './delete-file.js'
import { getFile } from './get-file.js'
import { listFiles } from './list-files.js'
import { File, FileListQuery, fileBytesMax, UploadForm } from './schemas.js'
import { type Upload, uploadFile } from './upload-file.js'

const tag = 'files'
const params = IdParams('fil', 'file')
const idOf = ({ id }: { id: string }): string => readId('fil', id, 'file')

export const fileRoutes = [
  route({
    operation: 'uploadFile',
    gate: 'uploads',
    scope: 'files:write',
    method: 'POST',
    url: '/v1/files',
    tag,
    summary: 'Upload a file for attachments',
    description: 'A form with one file. The same content again is answered with the file that is there, and 200.',
    body: UploadForm,
    fileBytesMax,
    responses: { 201: File, 200: File },
    isIdempotent: true,
    hasLocation: true,
    errors: ['limit_reached', 'file_empty', 'payload_too_large'],
    handler: async ({ scope, body }) => {
      const { result, isReplayed } = await uploadFile(scope, readUpload(body))
      const { file, isNew } = result
      return new Answer(isNew ? 201 : 200, file, {
        location: `/v1/files/${file.id}`,
        ...replayedHeader(isReplayed),
      })
    },
  }),
  route({
    operation: 'listFiles',
    scope: 'files:read',
    method: 'GET',
    url: '/v1/files',
    tag,
    summary: 'List uploaded files, newest first',
    query: FileListQuery,
    responses: { 200: Page('FilePage', File) },
    handler: ({ scope, query }) => listFiles(scope, query),
  }),
  route({
    operation: 'getFile',
    scope: 'files:read',
    method: 'GET',
    url: '/v1/files/:id',
    tag,
    summary: 'Look at an uploaded file',
    params,
    responses: { 200: File },
    handler: ({ scope, params }) => getFile(scope, idOf(params)),
  }),
  route({
    operation: 'deleteFile',
    scope: 'files:write',
    method: 'DELETE',
    url: '/v1/files/:id',
    tag,
    summary: 'Delete an uploaded file',
    description: 'What was sent with it stays in the chats. Refused while a notification still needs it.',
    params,
    responses: { 204: Empty },
    errors: ['file_in_use'],
    handler: ({ scope, params }) => deleteFile(scope, idOf(params)),
  }),
]

/** Of an operation that consumes a form the body is the request itself. */
function readUpload(body: unknown): Upload {
  const request = body as FastifyRequest
  if (!request.isMultipart()) throw new ApiError('unsupported_media_type', 'Send the file as multipart/form-data.')
  return request
}
