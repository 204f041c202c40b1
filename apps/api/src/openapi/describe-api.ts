import type { Route } from '../route.js'
import { createComponents } from './components.js'
import { describeEvents } from './describe-events.js'
import { describeOperation } from './describe-operation.js'
import { readGuide } from './guide.js'
import { headers } from './headers.js'

const tags = [
  { name: 'connect links', description: 'A link by which a user of yours connects a chat in Telegram.' },
  { name: 'users', description: 'Your users, with what templates can say about them.' },
  { name: 'connections', description: 'The chats that your users have connected.' },
  { name: 'notifications', description: 'Messages that you ask to send, and what becomes of them.' },
  { name: 'templates', description: 'Texts with variables, in versions and languages.' },
  { name: 'files', description: 'Uploaded files, for attachments.' },
  { name: 'topics', description: 'Audiences that users are subscribed to.' },
  { name: 'events', description: 'What happened, in an order that every reader sees.' },
  { name: 'webhooks', description: 'Addresses of yours that events are sent to.' },
  { name: 'questions', description: 'Questions that people answer in their chats.' },
  { name: 'inbox', description: 'What people write and send.' },
  { name: 'bots', description: 'The bots of Telegram that write to your users.' },
  { name: 'account', description: 'Whose key you use.' },
  { name: 'admin', description: 'For whoever operates the service.' },
]

/** Describes operations as an OpenAPI 3.1 document. @param serverUrl where they are reached. */
export function describeApi(routes: readonly Route[], serverUrl: string): Record<string, unknown> {
  const components = createComponents()
  for (const schema of routes.flatMap(({ responses }) => Object.values(responses))) components.refer(schema, 'answer')
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeOperation(route, components) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tellwire',
      version: '1.0.0',
      summary: 'Push notifications over Telegram',
      description: readGuide(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl, description: 'This service.' }],
    tags,
    paths,
    webhooks: describeEvents(components),
    components: {
      schemas: components.schemas(),
      responses: components.answers(),
      headers,
      securitySchemes: {
        tenantKey: { type: 'http', scheme: 'bearer', description: "A tenant's key: `tw_live_…`." },
        adminKey: { type: 'http', scheme: 'bearer', description: "An admin's key: `tw_admin_…`." },
      },
    },
  }
}

/** The same, made when it is first asked for, and anew where the service is reached elsewhere by then. */
export function describeOnce(routes: readonly Route[], serverUrl: () => string): () => Record<string, unknown> {
  let made: { url: string; document: Record<string, unknown> } | undefined
  return () => {
    const url = serverUrl()
    if (made?.url !== url) made = { url, document: describeApi(routes, url) }
    return made.document
  }
}
