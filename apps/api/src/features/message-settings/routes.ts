import { route } from '../../route.js'
import { changeMessageSettings, getMessageSettings } from './message-settings.js'
import { MessageSettings, MessageSettingsChange } from './schemas.js'

const url = '/v1/message-settings'
const tag = 'notifications'

export const messageSettingsRoutes = [
  route({
    operation: 'getMessageSettings',
    scope: 'notifications:read',
    method: 'GET',
    url,
    tag,
    summary: 'See how messages go that do not say it',
    responses: { 200: MessageSettings },
    handler: ({ scope }) => getMessageSettings(scope),
  }),
  route({
    operation: 'changeMessageSettings',
    scope: 'notifications:write',
    shows: 'notifications:read',
    method: 'PATCH',
    url,
    tag,
    summary: 'Change how messages go that do not say it',
    body: MessageSettingsChange,
    responses: { 200: MessageSettings },
    handler: ({ scope, body }) => changeMessageSettings(scope, body),
  }),
]
