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
} from './deliveries/accept.js'
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
} from './deliveries/broadcasts.js'
export {
  claimDeliveries,
  type Claim,
  type ClaimedDelivery,
  type ClaimRequest,
  type TenantPosition,
} from './deliveries/claim.js'
export {
  acquireLane,
  findDueLanes,
  laneLeaseMs,
  releaseLane,
  renewLane,
  type LaneGrant,
  type LaneRelease,
} from './lanes/lane-leases.js'
export {
  acquirePollers,
  advancePoller,
  pollerLeaseMs,
  releasePollers,
  renewPollers,
  type PollerGrant,
} from './pollers/poller-leases.js'
export { measureBacklog, type Backlog } from './deliveries/measure-backlog.js'
export { isNotInFlight } from './deliveries/in-flight.js'
export { settleDeliveries, type Settlement } from './deliveries/settle.js'
export { findBotsWithUpdates, findChatsWithUpdates, storeUpdates, type UpdateToStore } from './updates/store-updates.js'
export { expireDeliveries, findHeldWithConnection, releaseDueDeliveries } from './deliveries/waiting.js'
export { deleteExpired, ensurePartitions } from './upkeep/upkeep.js'
export type { Pool } from 'pg'
