import { route } from '../../route.js'
import { changeConnectSettings } from './change-connect-settings.js'
import { getConnectSettings } from './get-connect-settings.js'
import { ConnectSettings, ConnectSettingsChange } from './schemas.js'

const tag = 'connect links'

export const connectSettingsRoutes = [
  route({
    operation: 'getConnectSettings',
    scope: 'links:read',
    method: 'GET',
    url: '/v1/connect-settings',
    tag,
    summary: 'See how people connect their chats',
    responses: { 200: ConnectSettings },
    handler: ({ scope }) => getConnectSettings(scope),
  }),
  route({
    operation: 'changeConnectSettings',
    scope: 'links:write',
    shows: 'links:read',
    method: 'PATCH',
    url: '/v1/connect-settings',
    tag,
    summary: 'Change how people connect their chats',
    body: ConnectSettingsChange,
    responses: { 200: ConnectSettings },
    handler: ({ scope, body }) => changeConnectSettings(scope, body),
  }),
]
