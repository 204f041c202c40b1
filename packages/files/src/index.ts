import Type, { type Static } from 'typebox'
import type { FileStore } from './file-store.js'
import { createDiskStore } from './disk-store.js'
import type { S3Options } from './s3-store.js'

export type { FileStore } from './file-store.js'
export type { S3Options } from './s3-store.js'
export { createDiskStore } from './disk-store.js'

/** The variables that say where files are, for every process that needs them. */
export const filesEnv = {
  FILES_DIR: Type.String({ default: '.tellwire/files' }),
  FILES_S3_BUCKET: Type.Optional(Type.String()),
  FILES_S3_REGION: Type.String({ default: 'us-east-1' }),
  FILES_S3_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://' })),
  FILES_S3_ACCESS_KEY_ID: Type.Optional(Type.String()),
  FILES_S3_SECRET_ACCESS_KEY: Type.Optional(Type.String()),
}
const FilesEnv = Type.Object(filesEnv)
export type FilesConfig = Static<typeof FilesEnv>

/** The store that the configuration names: a bucket, or else a folder. */
export async function openFileStore(config: FilesConfig): Promise<FileStore> {
  const options = toS3Options(config)
  if (!options) return createDiskStore(config.FILES_DIR)
  // Its client takes a while to load, which those who keep files in a folder need not wait for.
  const { createS3Store } = await import('./s3-store.js')
  return createS3Store(options)
}

function toS3Options(config: FilesConfig): S3Options | undefined {
  if (config.FILES_S3_BUCKET === undefined) return undefined
  const { FILES_S3_ACCESS_KEY_ID: accessKeyId, FILES_S3_SECRET_ACCESS_KEY: secretAccessKey } = config
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new Error('FILES_S3_ACCESS_KEY_ID and FILES_S3_SECRET_ACCESS_KEY have to be set together, or neither')
  }
  return {
    bucket: config.FILES_S3_BUCKET,
    region: config.FILES_S3_REGION,
    endpoint: config.FILES_S3_ENDPOINT,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey },
  }
}
