import type { InboxEntry } from '@tellwire/db'
import { showId } from '../../http/ids.js'
import type { HeardMessageView } from './schemas.js'

/** Shows what somebody wrote; undefined for what is no such message. */
export function showHeard({ id, event }: InboxEntry): HeardMessageView | undefined {
  if (!event) return undefined
  // Which tenant, user and connection it is for is known where it is shown.
  const { user_id: _user, connection_id: _connection, chat_type: _type, ...message } = event.data
  const { reply_to_notification_id: answered } = message
  return {
    id: showId('evt', id),
    direction: 'in',
    command: null,
    argument: null,
    // As the handlers of updates have described it.
    ...(message as Omit<HeardMessageView, 'id' | 'direction' | 'command' | 'argument'>),
    reply_to_notification_id: typeof answered === 'string' ? showId('ntf', answered) : null,
  }
}
