import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { FileStore } from './file-store.js'

export interface S3Options {
  bucket: string
  region: string
  /** Of a service that is not Amazon's, such as `https://minio.internal:9000`. */
  endpoint: string | undefined
  /** Where there are none, those of the machine or its role are looked for, as Amazon's tools do. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** Files in a bucket of S3, or of anything that speaks its protocol. */
export function createS3Store({ bucket, region, endpoint, credentials }: S3Options): FileStore {
  const client = new S3Client({
    region,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  })
  return {
    async write(key, content) {
      await new Upload({ client, params: { Bucket: bucket, Key: key, Body: content } }).done()
    },
    async has(key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        return true
      } catch (error) {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false
        throw error
      }
    },
    async open(key) {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      if (!body) throw new Error('the bucket has no such file')
      // In Node.js a body is a stream of its own.
      return body as Readable
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
    close: () => client.destroy(),
  }
}
