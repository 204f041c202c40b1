export {
  connectDatabase,
  connectEngine,
  inTransaction,
  type Database,
  type DatabaseOptions,
  type Transaction,
} from './client.js'
export { Prisma } from './generated/client.js'
export { idFloor, newId, nilUuid } from './ids.js'
export { migrate, MigrationError, readMigrations } from './migrate.js'
export { appRole, engineRole, ensureRoles } from './roles.js'
export {
  acceptNotifications,
  type Acceptance,
  type AcceptRequest,
  type Audience,
  type NotificationToAccept,
  type Priority,
} from './statements/accept-notifications.js'
export {
  changeBroadcast,
  completeBroadcast,
  expandBroadcast,
  findBroadcast,
  findDueBroadcasts,
  finishBroadcastChange,
  type BroadcastChange,
  type BroadcastKey,
  type OpenBroadcast,
} from './statements/broadcasts.js'
export {
  claimDeliveries,
  type Claim,
  type ClaimedDelivery,
  type ClaimRequest,
  type TenantPosition,
} from './statements/claim-deliveries.js'
export {
  acquireLane,
  findDueLanes,
  laneLeaseMs,
  releaseLane,
  renewLane,
  type LaneGrant,
  type LaneRelease,
} from './statements/lanes.js'
export {
  acquirePollers,
  advancePoller,
  pollerLeaseMs,
  releasePollers,
  renewPollers,
  type PollerGrant,
} from './statements/pollers.js'
export { measureBacklog, type Backlog } from './statements/measure-backlog.js'
export { isNotInFlight } from './statements/in-flight.js'
export { settleDeliveries, type Settlement } from './statements/settle-deliveries.js'
export { findBotsWithUpdates, findChatsWithUpdates, storeUpdates, type UpdateToStore } from './statements/updates.js'
export { expireDeliveries, findHeldWithConnection, releaseDueDeliveries } from './statements/waiting.js'
export { deleteExpired, ensurePartitions } from './statements/upkeep.js'
export type { Pool } from 'pg'
