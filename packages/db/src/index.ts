export { isDatabaseFull, isDatabaseUnavailable } from './unavailable.js'
export { orUnusable, UnusableDatabaseError } from './unusable.js'
export {
  type AfterCommit,
  connectDatabase,
  connectEngine,
  inTransaction,
  type InTransaction,
  type Database,
  type DatabaseOptions,
  type Transaction,
} from './client.js'
export { Prisma } from './generated/client.js'
export { type QuotaWindow, readQuotas, takeFromQuota } from './quotas/quota-windows.js'
export { keyLock } from './key-locks.js'
export {
  assertSeesAllTenants,
  assertSeesOneTenant,
  connectForTenants,
  type TenantDatabases,
} from './tenant-database.js'
export {
  countFormerlySealed,
  readFormerlySealed,
  replaceSealed,
  type SealedRow,
  type SealedTable,
  sealedTables,
} from './sealed-columns.js'
export { idAfter, idFloor, idTime, newId, nilUuid } from './ids.js'
export { migrate, MigrationError, readMigrations } from './migrate.js'
export { checkClock, type ClockCheck } from './check-clock.js'
export { appRole, engineRole, ensureRoles } from './roles.js'
export { isRecord, readEdit, readFailure, readObject, readParts, readWord, toJsonColumn } from './stored-values.js'
export { definedStatements, type Executor, type Statement } from './sql.js'
export type { EventData, EventType, PersonData } from './events/event-data.js'
export { mendEventOrder, readEventEpoch } from './events/event-epoch.js'
export { moveEventCursor, readEventCursor } from './events/event-cursors.js'
export { hasNewEvents } from './events/follow-events.js'
export {
  comparePositions,
  type EventPage,
  type EventPosition,
  firstPosition,
  positionOf,
  readEventGate,
  readEvents,
  readNewEvents,
  type StoredEvent,
} from './events/read-events.js'
export {
  deliveryStatuses,
  type DeliveryStatus,
  type Failure,
  type FinalStatus,
  finalStatuses,
  moves,
  openStatuses,
  priorities,
  type Priority,
  type Verb,
} from './deliveries/delivery-states.js'
export {
  type Acceptance,
  acceptNotifications,
  type AcceptRequest,
  type Audience,
  type NotificationToAccept,
} from './deliveries/accept.js'
export { findAwaitedFiles } from './deliveries/find-awaited-files.js'
export { countPending, countWaitingOfBot } from './deliveries/count-pending.js'
export { strikeDeliveries } from './deliveries/strike.js'
export { findSettledNotifications } from './deliveries/find-settled.js'
export { expandBroadcast, type ExpandedSlice } from './deliveries/expand.js'
export {
  type BroadcastChange,
  type BroadcastKey,
  changeBroadcast,
  completeBroadcast,
  findBroadcast,
  findDueBroadcasts,
  finishBroadcastChange,
  type OpenBroadcast,
} from './deliveries/broadcasts.js'
export { type Claim, claimDeliveries, type ClaimRequest, type TenantPosition } from './deliveries/claim.js'
export type { SeenSeqs } from './deliveries/seen-seqs.js'
export type {
  ClaimedDelivery,
  ClaimedEdit,
  ClaimedNotification,
  ClaimedReply,
  StoredContent,
  LeftButtons,
} from './deliveries/claimed-delivery.js'
export { beginDeliveries } from './deliveries/begin.js'
export { deliveryIdsOf } from './deliveries/of-notification.js'
export { type SentDelivery, settleDeliveries, type Settlement, settleSentDeliveries } from './deliveries/settle.js'
export { expireDeliveries } from './deliveries/expire.js'
export { endRests } from './deliveries/rests.js'
export { askToCancelBroadcast, cancelDeliveries, type Cancelled, endCancelledDeliveries } from './deliveries/cancel.js'
export { failForConnections, holdForConnections, movePendingToChat } from './deliveries/fail-for-connections.js'
export { releaseDueDeliveries, releaseDueOfEachTenant } from './deliveries/release-due.js'
export {
  findAwaitingWithConnection,
  type ReachableConnection,
  releaseAwaitingDeliveries,
} from './deliveries/release-awaiting.js'
export { countFailed, replayDeliveries, type ReplayFilter } from './deliveries/replay.js'
export { pauseDeliveries } from './deliveries/pause.js'
export { rescheduleBroadcast, rescheduleDeliveries } from './deliveries/reschedule.js'
export { type BotToLookAt, lookAtBotNow, lookAtBotsSoon, putOffBots, takeBotsToLookAt } from './bots/bots-to-look-at.js'
export { isBotRegistered } from './bots/is-registered.js'
export { askToEditBroadcast, editBroadcastSlice, findBroadcastsToEdit } from './deliveries/broadcast-edits.js'
export { type EditRequest, queueEdits, type QueuedEdits, type StoredEdit } from './deliveries/queue-edits.js'
export { findDeliveryOfMessage } from './deliveries/find-delivery-of-message.js'
export { isAnythingDue } from './deliveries/is-anything-due.js'
export { isOvertaken } from './deliveries/is-overtaken.js'
export { enqueueReply } from './deliveries/enqueue-reply.js'
export { type DeliveryTally, isAnyClaimed, isAnyDeliverySent, tallyDeliveries } from './deliveries/tally.js'
export { type Backlog, measureBacklog, measureOwnBacklog } from './deliveries/measure-backlog.js'
export { type DeliveryOfBot, findDeliveryOfBot } from './deliveries/find-delivery-of-bot.js'
export { type BusyLane, listBusyLanes } from './deliveries/list-lanes.js'
export { findDueLanes, laneLookEveryMs } from './deliveries/find-due-lanes.js'
export {
  type AskedQuestion,
  doubtQuestionsOf,
  putOffDoubtedConnections,
  walkDoubtedConnections,
  findEndedQuestionOfMessage,
  findHopelessQuestions,
  findOverdueQuestions,
  findQuestionDoubts,
  findQuestionOfMessage,
  type HopelessQuestion,
  type QuestionDoubt,
  putOffQuestionDoubts,
  settleQuestionDoubts,
} from './deliveries/of-questions.js'
export { hasListeningWebhook, isListening, noteListening, takeAutoAnswer } from './inbox/auto-answer.js'
export { type HeardMessage, recordHeard, wasHeard } from './inbox/record-heard.js'
export { type InboxEntry, keepInboxAnswer, markRead, readInbox, readInboxMessages } from './inbox/read-inbox.js'
export { takeTyping } from './inbox/typing.js'
export type { ProveErasure } from './erasure/blank-audit.js'
export { eraseTenant } from './erasure/erase-tenant.js'
export { type ErasedUser, eraseUser } from './erasure/erase-user.js'
export { type ExportedRows, exportUser } from './erasure/export-user.js'
export type { Removed } from './erasure/remove-rows.js'
export { rollUpUsage } from './usage/roll-up.js'
export { describeDatabase, type DatabaseFacts } from './upkeep/describe-database.js'
export { applyRetention, retentionDays, type Searched } from './upkeep/retention.js'
export { type AfterFile, findUnusedFiles, type UnusedFile } from './upkeep/unused-files.js'
export { leaveDuty, takeDuty } from './lanes/duties.js'
export {
  acquireLanes,
  type LaneGrant,
  laneLeaseMs,
  type LaneRelease,
  type LaneTerms,
  type LaneTurn,
  recordingGraceMs,
  releaseLanes,
  renewLanes,
} from './lanes/lane-leases.js'
export {
  acquirePollers,
  advancePoller,
  dropDeadWorkers,
  findPollers,
  keepWorker,
  leaveWorker,
  type LiveWorkers,
  type PollerGrant,
  releasePollers,
  workerLeaseMs,
} from './pollers/poller-leases.js'
export { storeUpdates, type UpdateToStore } from './updates/store-updates.js'
export {
  findBotsWithUpdates,
  findWaitingUpdates,
  type IdleUpdate,
  passOverUpdates,
  recordUpdateFailure,
  takeUpdate,
  type WaitingUpdate,
} from './updates/waiting-updates.js'
export {
  type DueWebhook,
  type EndpointReference,
  dropDueWebhooks,
  findDueWebhooks,
  findWaitingEndpoints,
  readWebhookEndpoints,
  type WebhookEndpoint,
} from './webhooks/find-due.js'
export { listWebhookAttempts, type WebhookAttempt } from './webhooks/list-attempts.js'
export { type NewWebhook, readNewWebhooks } from './webhooks/read-new.js'
export { replayWebhooks } from './webhooks/replay.js'
export { settleFailedWebhooks, settleTakenWebhooks, type WebhookAttemptToSettle } from './webhooks/settle.js'
export { storeWebhooks } from './webhooks/store.js'
export { addPartitions, deleteExpired, findStrayRows } from './upkeep/upkeep.js'
export type { Pool } from 'pg'
