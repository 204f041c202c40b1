import Type from 'typebox'
import { defineJob } from './job-contract.js'

/** Updates of a bot were stored and wait to be handled. */
export const HandleUpdates = defineJob({
  name: 'handle-updates',
  payload: Type.Object({ botId: Type.String() }),
  key: ({ botId }) => botId,
  concurrency: 20,
})
