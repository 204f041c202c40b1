import { IdParams, readId } from '../../http/ids.js'
import { messageBytesMax } from '../../messages/schemas.js'
import { messageRefusals } from '../../messages/refusals.js'
import { route } from '../../route.js'
import { editNotification } from './edit-notification.js'
import { Editing, NotificationEdit, TakingBack } from './schemas.js'
import { takeBack } from './take-back.js'

const tag = 'notifications'
const params = IdParams('ntf', 'notification')
const idOf = ({ id }: { id: string }): string => readId('ntf', id, 'notification')

export const editRoutes = [
  route({
    operation: 'editNotification',
    scope: 'notifications:write',
    method: 'PATCH',
    url: '/v1/notifications/:id',
    tag,
    summary: 'Change a notification, in the chats where it was sent',
    description: 'Each message is edited at the pace of everything else; `edit` of a delivery tells what became of it.',
    params,
    body: NotificationEdit,
    bodyBytesMax: messageBytesMax,
    responses: { 202: Editing },
    errors: [...messageRefusals, 'conflict', 'not_editable'],
    handler: ({ scope, params, body }) => editNotification(scope, idOf(params), body),
  }),
  route({
    operation: 'takeBackNotification',
    scope: 'notifications:write',
    method: 'DELETE',
    url: '/v1/notifications/:id/message',
    tag,
    summary: 'Take back what was sent in the last 48 hours',
    description: 'What was not sent yet is to be cancelled instead.',
    params,
    responses: { 202: TakingBack },
    handler: ({ scope, params }) => takeBack(scope, idOf(params)),
  }),
]
