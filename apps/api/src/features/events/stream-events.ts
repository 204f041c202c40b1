import { readEvents } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { EventStream } from '../../events/event-stream.js'
import { readPlace } from '../../events/read-place.js'
import type { EventStreamQuery } from './schemas.js'
import { hears, readWantedTypes } from './wanted-types.js'

const readAtOnce = 500

/** Opens a stream of events. @throws `cursor_stale`, `too_many_at_once` */
export async function streamEvents(
  scope: TenantScope & Needs<'engine' | 'eventFeed' | 'eventStreams' | 'gates' | 'listening'> & { key: { id: string } },
  { after, type }: EventStreamQuery,
  { lastEventId, signal }: { lastEventId: string | undefined; signal: AbortSignal },
): Promise<EventStream> {
  const { tenantId, engine, eventFeed: feed, eventStreams, gates, listening, log, key } = scope
  const { epoch, position } = await readPlace(scope, lastEventId || after || 'now', '/after')
  const types = readWantedTypes(type)
  return eventStreams.open(
    { tenantId, keyId: key.id },
    () =>
      new EventStream({
        feed,
        tenantId,
        epoch,
        after: position,
        isWanted: types?.has ?? (() => true),
        read: (begin) =>
          gates.streams.pass(tenantId, () =>
            readEvents(engine, { tenantId, after: begin(), types: types?.patterns, limit: readAtOnce }),
          ),
        onBeat: () => {
          if (hears(types)) listening.note(tenantId)
        },
        onError: (error) => log.warn({ err: error }, 'events of a stream could not be read'),
      }),
    signal,
  )
}
