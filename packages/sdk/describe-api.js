// Writes src/generated/api.ts: the types of what goes into operations and comes out of them, made of docs/openapi.json.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const document = JSON.parse(await readFile(path('../../docs/openapi.json'), 'utf8'))

// Each operation would repeat the problem document, which the library has as classes of errors.
delete document.components.responses
delete document.components.headers
for (const operations of [...Object.values(document.paths), ...Object.values(document.webhooks)]) {
  for (const { responses } of Object.values(operations)) {
    for (const [status, response] of Object.entries(responses)) {
      if (Number(status) >= 400) delete responses[status]
      else delete response.headers
    }
  }
}

// That one of several fields has to be there is nothing that a type of TypeScript could say.
for (const schema of Object.values(document.components.schemas)) if (schema.properties) delete schema.anyOf

// What has a default may be left out of a request; answers say what they always have.
const types = astToString(await openapiTS(document, { defaultNonNullable: false }))
await mkdir(path('src/generated'), { recursive: true })
await writeFile(path('src/generated/api.ts'), `// Made of docs/openapi.json by describe-api.js.\n\n${types}`)
