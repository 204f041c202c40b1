import { type NewEvent, recordEvents } from '@tellwire/domain'
import type { MessageReactionUpdated, ReactionType } from '@tellwire/telegram'
import { describePerson } from './describe-person.js'
import { findConnectionsOf, findTenants } from './find-tenants.js'
import { asPerson, type UpdateScope } from './scope.js'

/**
 * Tells the tenant of a chat how somebody reacts to a message in it. Of several tenants none is told: nothing says whose
 * message it is.
 */
export async function handleReaction(given: UpdateScope, change: MessageReactionUpdated): Promise<void> {
  const { chat, user, message_id: messageId } = change
  const scope = asPerson(given, user)
  const [tenant, other] = await findTenants(scope, chat.id)
  if (!tenant || other) return
  const connections = await findConnectionsOf(scope, tenant.id, chat.id)
  await recordEvents(
    scope.db,
    connections.map(({ id, userId }): NewEvent => ({
      tenantId: tenant.id,
      type: 'reaction.changed',
      data: {
        user_id: userId,
        connection_id: id,
        chat_type: chat.type,
        message_id: messageId,
        reactions: change.new_reaction.map(nameOf),
        previous_reactions: change.old_reaction.map(nameOf),
        from: describePerson(user),
      },
    })),
  )
}

/** An emoji, the number of a custom one, or `paid`. */
function nameOf(reaction: ReactionType): string {
  if (reaction.type === 'emoji') return reaction.emoji
  return reaction.type === 'custom_emoji' ? reaction.custom_emoji_id : reaction.type
}
