import Type from 'typebox'
import { defineJob } from './job-contract.js'

/** A broadcast has recipients to expand, or a change to carry out. */
export const AdvanceBroadcast = defineJob({
  name: 'advance-broadcast',
  payload: Type.Object({ tenantId: Type.String(), notificationId: Type.String() }),
  key: ({ notificationId }) => notificationId,
  concurrency: 4,
})
