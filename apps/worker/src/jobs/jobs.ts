import { advanceBroadcast } from './advance-broadcast.js'
import { drainLane } from './drain-lane.js'
import { handleUpdates } from './handle-updates.js'
import type { Job } from './job.js'

/** Every job: the worker consumes them, and the sweep finds what is due. */
export const jobs: readonly Job[] = [drainLane, handleUpdates, advanceBroadcast]
