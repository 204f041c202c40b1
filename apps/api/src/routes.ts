import { adminAuditRoutes } from './features/admin/audit-routes.js'
import { adminBotRoutes } from './features/admin/bot-routes.js'
import { adminDiagnosticsRoutes } from './features/admin/diagnostics-routes.js'
import { adminKeyRoutes } from './features/admin/key-routes.js'
import { adminRoutes } from './features/admin/routes.js'
import { adminUsageRoutes } from './features/admin/usage-routes.js'
import { auditRoutes } from './features/audit/routes.js'
import { botRoutes } from './features/bots/routes.js'
import { connectLinkRoutes } from './features/connect-links/routes.js'
import { connectSettingsRoutes } from './features/connect-settings/routes.js'
import { connectionRoutes } from './features/connections/routes.js'
import { controlRoutes } from './features/control/routes.js'
import { deliveryRoutes } from './features/deliveries/routes.js'
import { editRoutes } from './features/edits/routes.js'
import { eventRoutes } from './features/events/routes.js'
import { fileRoutes } from './features/files/routes.js'
import { inboxRoutes } from './features/inbox/routes.js'
import { keyRoutes } from './features/keys/routes.js'
import { limitRoutes } from './features/limits/routes.js'
import { meRoutes } from './features/me/routes.js'
import { answerRoutes } from './features/notifications/answers/routes.js'
import { questionRoutes } from './features/notifications/questions/routes.js'
import { messageSettingsRoutes } from './features/message-settings/routes.js'
import { notificationRoutes } from './features/notifications/routes.js'
import { renderRoutes } from './features/render/routes.js'
import { templateRoutes } from './features/templates/routes.js'
import { topicRoutes } from './features/topics/routes.js'
import { usageRoutes } from './features/usage/routes.js'
import { userRoutes } from './features/users/routes.js'
import { webhookRoutes } from './features/webhooks/routes.js'
import type { Route } from './route.js'

/** Every operation of the interface. */
export const tenantRoutes: readonly Route[] = [
  ...connectLinkRoutes,
  ...connectSettingsRoutes,
  ...userRoutes,
  ...connectionRoutes,
  ...notificationRoutes,
  ...messageSettingsRoutes,
  ...questionRoutes,
  ...controlRoutes,
  ...editRoutes,
  ...deliveryRoutes,
  ...renderRoutes,
  ...templateRoutes,
  ...fileRoutes,
  ...topicRoutes,
  ...botRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...inboxRoutes,
  ...answerRoutes,
  ...meRoutes,
  ...keyRoutes,
  ...auditRoutes,
  ...usageRoutes,
  ...limitRoutes,
]

export const operatorRoutes: readonly Route[] = [
  ...adminRoutes,
  ...adminKeyRoutes,
  ...adminAuditRoutes,
  ...adminUsageRoutes,
  ...adminBotRoutes,
  ...adminDiagnosticsRoutes,
]
