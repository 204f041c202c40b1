import { readObject } from '@tellwire/db'
import { eventCatalogue, type EventIdKind } from '@tellwire/domain'
import { WebhookMessage } from '../features/webhooks/schemas.js'
import { mapSchema } from '../http/map-schema.js'
import { ShownId } from '../http/ids.js'
import type { Components } from './components.js'

/** The headers of every request to a webhook, as Standard Webhooks names them. */
const headers = [
  ['webhook-id', 'The id of the event; the same whenever it is sent again.'],
  ['webhook-timestamp', 'When it was sent, in seconds.'],
  ['webhook-signature', 'Signatures of it, with spaces between.'],
].map(([name, description]) => ({ name, in: 'header', required: true, description, schema: { type: 'string' } }))

/** Describes every type of event, as it is sent to webhooks; in lists and streams `timestamp` is named `created_at`. */
export function describeEvents(components: Components): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(eventCatalogue).map(([type, data]) => [
      type,
      {
        post: {
          operationId: `on${type.replace(/(^|[._])([a-z])/g, (_, _before, letter: string) => letter.toUpperCase())}`,
          summary: type,
          description: String(readObject(data)['description']),
          tags: ['events'],
          security: [],
          parameters: headers,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  allOf: [
                    components.refer(WebhookMessage, 'answer'),
                    {
                      type: 'object',
                      required: ['type', 'data'],
                      properties: {
                        type: { type: 'string', const: type, description: 'This type.' },
                        data: components.refer(showIds(data), 'answer'),
                      },
                    },
                  ],
                },
              },
            },
          },
          responses: {
            '2XX': { description: 'It was taken.' },
            410: { description: 'Nothing is to be sent here any more.' },
          },
        },
      },
    ]),
  )
}

/** Ids are stored in another form than they are shown in. */
function showIds(schema: unknown): unknown {
  return mapSchema(schema, (inner) =>
    inner['x-id-kind'] === undefined ? inner : ShownId(inner['x-id-kind'] as EventIdKind, String(inner['description'])),
  )
}
