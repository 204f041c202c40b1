import { type LinkUse, type OpenedLink, useConnectLink } from '@tellwire/domain'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'
import { chooseReplies, type Replies } from './texts.js'

/** Connects the chat in which a token was sent, and answers the person whatever became of it. */
export async function startChat(scope: UpdateScope, opened: OpenedLink): Promise<void> {
  const { use, link } = await useConnectLink(scope, opened)
  const replies = chooseReplies(link?.locale ?? undefined, opened.from?.language_code)
  const isOurs = link !== null && use !== 'unknown' && use !== 'foreign'
  const tenant = isOurs
    ? await scope.db.tenant.findUniqueOrThrow({ where: { id: link.tenantId }, select: { name: true } })
    : undefined
  await reply(scope, opened.chat, toText(replies, use, tenant?.name ?? ''), isOurs ? link.tenantId : null)
}

function toText(replies: Replies, use: LinkUse, tenant: string): string {
  switch (use) {
    case 'connected':
      return replies.welcome(tenant)
    case 'already_connected':
      return replies.alreadyConnected(tenant)
    case 'unknown':
      return replies.unknownToken
    case 'foreign':
      return replies.foreignToken
    case 'used':
      return replies.usedToken(tenant)
    case 'expired':
      return replies.expiredToken(tenant)
    case 'wrong_chat':
      return replies.wrongChat(tenant)
    case 'taken':
      return replies.taken(tenant)
  }
}
