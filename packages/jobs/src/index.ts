export { AdvanceBroadcast } from './advance-broadcast.js'
export { DrainLane } from './drain-lane.js'
export { HandleUpdates } from './handle-updates.js'
export type { JobContract } from './job-contract.js'
export { connectJobs, migrateJobs, type JobBackend, type JobBackendOptions, type Listening } from './backend.js'
export { createWaker, type Waker } from './waker.js'
export { consume, type JobConsumer } from './consume.js'
export {
  announce,
  type Announcement,
  BotChanged,
  DeliveriesWithdrawn,
  LaneOffered,
  LaneWakeUp,
  LinkEnded,
  QuestionEnded,
  onAnnounced,
} from './announcements.js'
