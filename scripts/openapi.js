// Writes docs/openapi.json. It needs no database.
import './node-version.js'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const { root, setUp, setUpApi } = await import('./set-up.js')
await setUpApi()
const { describeApi, operatorRoutes, tenantRoutes } = await import('../apps/api/dist/openapi/index.js')
const document = describeApi([...tenantRoutes, ...operatorRoutes], '/')
await writeFile(join(root, 'docs/openapi.json'), `${JSON.stringify(document, undefined, 2)}\n`)
console.error('docs/openapi.json is written.')
// The client's types are made of it.
await setUp()
