import Type from 'typebox'
import { Answer, answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { changeInboxSettings, getInboxSettings } from './inbox-settings.js'
import { listChats } from './list-chats.js'
import { listMessages } from './list-messages.js'
import { markChatRead } from './mark-chat-read.js'
import { openInboundFile } from './open-inbound-file.js'
import {
  ChatListQuery,
  InboxChat,
  InboxMessage,
  InboxSettings,
  InboxSettingsChange,
  MessageListQuery,
  ReadMark,
  Unread,
} from './schemas.js'
import { showTyping } from './show-typing.js'

const tag = 'inbox'
const ofChat = IdParams('con', 'connection')
const chatOf = ({ id }: { id: string }): string => readId('con', id, 'chat')

const ofFile = Type.Object({
  id: Type.String({ maxLength: 1_500, description: 'The `file.id` of an event.', examples: ['AQx0v1…'] }),
})
const Content = Type.Unsafe<unknown>({
  $id: 'InboundFileContent',
  type: 'string',
  format: 'binary',
  description: 'The file.',
})

export const inboxRoutes = [
  route({
    operation: 'listChats',
    scope: 'inbox:read',
    method: 'GET',
    url: '/v1/chats',
    tag,
    summary: 'List the chats in which people write',
    description: 'The one with the latest message comes first. Chats in which nobody has written are not in it.',
    query: ChatListQuery,
    responses: { 200: Page('InboxChatPage', InboxChat) },
    handler: ({ scope, query }) => listChats(scope, query),
  }),
  route({
    operation: 'listChatMessages',
    scope: 'inbox:read',
    method: 'GET',
    url: '/v1/chats/:id/messages',
    tag,
    summary: 'Read what was written and answered in a chat, newest first',
    params: ofChat,
    query: MessageListQuery,
    responses: { 200: Page('InboxMessagePage', InboxMessage) },
    handler: ({ scope, params, query }) => listMessages(scope, chatOf(params), query),
  }),
  route({
    operation: 'markChatRead',
    scope: 'inbox:write',
    shows: 'inbox:read',
    method: 'POST',
    url: '/v1/chats/:id/read',
    tag,
    summary: 'Mark a chat as read',
    params: ofChat,
    body: ReadMark,
    isBodyOptional: true,
    responses: { 200: Unread },
    isIdempotent: true,
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => markChatRead(scope, chatOf(params), body), { status: 200 }),
  }),
  route({
    operation: 'showTyping',
    scope: 'inbox:write',
    method: 'POST',
    url: '/v1/chats/:id/typing',
    tag,
    summary: 'Show that somebody is typing',
    description:
      'It is seen for five seconds, or until a message comes. Shown again within four seconds it changes nothing.',
    params: ofChat,
    responses: { 204: Empty },
    gate: 'telegram',
    errors: ['user_not_connected'],
    handler: ({ scope, params, signal }) => showTyping(scope, chatOf(params), signal()),
  }),
  route({
    operation: 'getInboxSettings',
    scope: 'inbox:read',
    method: 'GET',
    url: '/v1/inbox-settings',
    tag,
    summary: 'See what becomes of what people write',
    responses: { 200: InboxSettings },
    handler: ({ scope }) => getInboxSettings(scope),
  }),
  route({
    operation: 'changeInboxSettings',
    scope: 'inbox:write',
    shows: 'inbox:read',
    method: 'PATCH',
    url: '/v1/inbox-settings',
    tag,
    summary: 'Change what becomes of what people write',
    body: InboxSettingsChange,
    responses: { 200: InboxSettings },
    handler: ({ scope, body }) => changeInboxSettings(scope, body),
  }),
  route({
    operation: 'getInboundFileContent',
    scope: 'inbox:read',
    method: 'GET',
    url: '/v1/inbound-files/:id/content',
    tag,
    summary: 'Get a file that a person sent',
    description: 'It comes from Telegram, which gives bots files of up to 20 MB; nothing of it is kept here.',
    params: ofFile,
    responses: { 200: Content },
    answers: 'application/octet-stream',
    gate: 'downloads',
    errors: ['file_too_large', 'telegram_unavailable'],
    handler: async ({ scope, params, signal }) => {
      const { content, headers } = await openInboundFile(scope, params.id, signal())
      return new Answer(200, content, headers)
    },
  }),
]
