import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'

/** A file that goes along with a call. A parameter refers to it as `attach://<field>`. */
export interface Upload {
  field: string
  name: string
  mimeType: string
  /** In bytes. */
  size: number
  open(): Promise<Readable>
}

export interface Multipart {
  body: Readable
  headers: Record<string, string>
  /** Whether all of it was handed over; before that, nobody can have acted on it. */
  isWhole: () => boolean
}

/** The body of a call as multipart/form-data, files streamed. */
export function makeMultipart(params: object, uploads: readonly Upload[]): Multipart {
  const boundary = `tellwire-${randomUUID()}`
  const heads = new Map(uploads.map((upload) => [upload, Buffer.from(fileHead(boundary, upload))]))
  const fields = Buffer.from(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => field(boundary, name, value))
      .join(''),
  )
  const end = Buffer.from(`--${boundary}--\r\n`)
  const filesLength = uploads.reduce((sum, upload) => sum + (heads.get(upload)?.length ?? 0) + upload.size + 2, 0)

  let isWhole = false
  async function* parts(): AsyncGenerator<Buffer> {
    yield fields
    for (const upload of uploads) {
      yield heads.get(upload) ?? Buffer.alloc(0)
      yield* (await upload.open()) as AsyncIterable<Buffer>
      yield Buffer.from('\r\n')
    }
    yield end
    isWhole = true
  }
  return {
    isWhole: () => isWhole,
    body: Readable.from(parts(), { objectMode: false }),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(fields.length + filesLength + end.length),
    },
  }
}

function field(boundary: string, name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
}

function fileHead(boundary: string, { field: name, name: fileName, mimeType }: Upload): string {
  const quoted = fileName.replace(/[\r\n]/g, ' ').replaceAll('"', '%22')
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${quoted}"\r\nContent-Type: ${mimeType}\r\n\r\n`
}
