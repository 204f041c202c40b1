import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { getFile } from './get-file.js'
import { listFiles } from './list-files.js'
import { File, FileListQuery, FileParams, fileBytesMax, UploadForm } from './schemas.js'
import { uploadFile } from './upload-file.js'

const tags = ['files']

export const fileRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 0, fileSize: fileBytesMax },
  })

  app.post(
    '',
    {
      config: { scope: 'files:write' },
      // Read as it comes, not as a whole: what is described is not what is validated.
      validatorCompiler: () => () => true,
      // More than the file, so that one that is too large is told by name.
      bodyLimit: fileBytesMax + 1_048_576,
      schema: {
        tags,
        summary: 'Upload a file for attachments',
        description:
          'multipart/form-data with one file. The same content again is answered with the file that is there.',
        consumes: ['multipart/form-data'],
        body: UploadForm,
        response: { 200: File, 201: File },
      },
    },
    async (request, reply) => {
      const { file, isNew } = await uploadFile(request.tenant, request)
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/files/${file.id}`)
        .send(file)
    },
  )

  app.get(
    '',
    {
      config: { scope: 'files:write' },
      schema: {
        tags,
        summary: 'List uploaded files, newest first',
        querystring: FileListQuery,
        response: { 200: Page(File) },
      },
    },
    async (request) => listFiles(request.tenant, request.query),
  )

  app.get(
    '/:id',
    {
      config: { scope: 'files:write' },
      schema: { tags, summary: 'Look at an uploaded file', params: FileParams, response: { 200: File } },
    },
    async (request) => getFile(request.tenant, readId('fil', request.params.id, 'file')),
  )
}
