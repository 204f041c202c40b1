import { ApiError, type CursorStore, type Tellwire } from '@tellwire/sdk'
import { readSeen } from './watch.js'

const topic = 'results'
const hint = '/results shows them, /follow and /unfollow say whether you are told of changes.'

/** Those who follow the page: Tellwire keeps who they are, so that they outlive this program. */
export function followers(tellwire: Tellwire, place: { from: string; store: CursorStore }) {
  return {
    async announce(difference: string, key: string): Promise<void> {
      try {
        await tellwire.notifications.send(
          {
            to: { topic },
            text: `**The results have changed**\n\n\`\`\`diff\n${difference}\n\`\`\``,
            overflow: 'file',
            buttons: [[{ text: 'Stop following', action: 'unfollow' }]],
          },
          // A change that is announced again, as the program ended in between, arrives once.
          { idempotencyKey: key },
        )
      } catch (error) {
        // Nobody has ever followed them.
        if (!(error instanceof ApiError && error.code === 'topic_unknown')) throw error
      }
    },

    /** Hears what followers want, from where it was left. */
    listen(seen: CursorStore, signal: AbortSignal): Promise<void> {
      return tellwire.listen(
        {
          async connected({ data }) {
            await tellwire.topics.subscribe(topic, data.user_id)
          },
          async button({ data }) {
            if (data.action === 'unfollow') await tellwire.topics.unsubscribe(topic, data.user_id)
          },
          async command({ data }) {
            const answer = (text: string) => tellwire.chats.answer(data.connection_id, { text })
            if (data.command === 'results') {
              await tellwire.chats.answer(data.connection_id, {
                text: (await readSeen(seen))?.text ?? '',
                format: 'plain',
              })
            } else if (data.command === 'follow') {
              await tellwire.topics.subscribe(topic, data.user_id)
              await answer('You are told of every change from now on.')
            } else if (data.command === 'unfollow') {
              await tellwire.topics.unsubscribe(topic, data.user_id)
              await answer('You are told of no change any more. /follow changes that.')
            } else {
              await answer(hint)
            }
          },
          async message({ data }) {
            // People talk to each other in groups.
            if (data.chat_type === 'private') await tellwire.chats.answer(data.connection_id, { text: hint })
          },
        },
        {
          ...place,
          signal,
          // Somebody who is gone meanwhile holds nobody else up.
          onError: (error, event) => console.error(`${event.type} could not be handled:`, error),
        },
      )
    },
  }
}
