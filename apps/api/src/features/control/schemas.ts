import Type from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Status } from '../../views/notification-schemas.js'

export const Cancellation = Type.Object(
  {
    id: ShownId('ntf', 'The notification.'),
    status: Status,
    cancelled: Type.Integer({ description: 'Deliveries that will not go out.' }),
    sent: Type.Integer({ description: 'What had already gone.' }),
    in_flight: Type.Integer({ description: 'What is being sent at this moment and may arrive.' }),
  },
  { $id: 'Cancellation', description: 'What a cancel has kept from going out.' },
)

export const Reschedule = Type.Object(
  { send_at: Type.String({ format: 'date-time', description: 'Up to a year ahead; a time in the past means now.' }) },
  { $id: 'Reschedule', additionalProperties: false, examples: [{ send_at: '2026-11-21T18:00:00.000Z' }] },
)
