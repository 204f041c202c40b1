import Type from 'typebox'
import { LaneWakeUp } from './announcements.js'
import { defineJob } from './job-contract.js'

/** A bot's lane has something to send. */
export const DrainLane = defineJob({
  name: 'drain-lane',
  payload: Type.Object({ botId: Type.String() }),
  key: ({ botId }) => botId,
  concurrency: 400,
  announcement: LaneWakeUp,
})
