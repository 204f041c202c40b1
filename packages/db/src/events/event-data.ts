/** A UUID, which is shown as a TypeID of the kind that the catalogue of events names. */
type Id = string

interface DeliveryReference {
  notification_id: Id
  delivery_id: Id
}

export interface PersonData {
  id: string
  name: string
  username: string | null
  language_code: string | null
}

/** Something that a person wrote, or sent. */
interface MessageData {
  user_id: string
  connection_id: Id
  chat_type: string
  message_id: number
  content_type: string
  text: string | null
  file: { id: string; name: string | null; mime_type: string | null; size: number | null } | null
  content: Record<string, unknown> | null
  from: PersonData | null
  reply_to_message_id: number | null
  reply_to_notification_id: Id | null
  sent_at: string
}

/** The data of each type of event, as they are stored. Domain's catalogue has a schema and a description for each. */
export interface EventData {
  'notification.accepted': { notification_id: Id }
  'notification.sent': DeliveryReference
  'notification.failed': DeliveryReference
  'notification.expired': DeliveryReference
  'notification.cancelled': DeliveryReference
  'notification.unknown': DeliveryReference
  'notification.degraded': DeliveryReference & { dropped: string; reason: string; description: string }
  'notification.edited': DeliveryReference
  'notification.deleted': DeliveryReference
  'notification.edit_failed': DeliveryReference
  'broadcast.completed': { notification_id: Id }
  'user.connected': { user_id: string; connection_id: Id; connect_link_id: Id }
  'user.disconnected': { user_id: string; connection_id: Id; reason: string }
  'user.blocked': { user_id: string; connection_id: Id; reason: string }
  'user.unblocked': { user_id: string; connection_id: Id }
  'user.migrated': { user_id: string; connection_id: Id; chat_id: number }
  'chat.promoted': { user_id: string; connection_id: Id }
  'chat.demoted': { user_id: string; connection_id: Id }
  'link.refused': { connect_link_id: Id; user_id: string; reason: string }
  'link.conflict': { connect_link_id: Id; user_id: string; other_user_ids: string[]; policy: string }
  'link.used': { connect_link_id: Id; user_id: string; connection_id: Id }
  'button.pressed': DeliveryReference & {
    connection_id: Id | null
    user_id: string
    action: string
    value: unknown
    pressed_by: string
    from: PersonData | null
  }
  'message.received': MessageData
  'command.received': MessageData & { command: string; argument: string }
  'reaction.changed': {
    user_id: string
    connection_id: Id
    chat_type: string
    message_id: number
    reactions: string[]
    previous_reactions: string[]
    from: PersonData | null
  }
  'question.answered': { question_id: Id; answers: object[] }
  'question.expired': { question_id: Id; default: string | null }
  'question.cancelled': { question_id: Id }
  'question.failed': { question_id: Id; reason: string }
  'bot.unauthorized': { bot_id: Id }
  'bot.webhook_failing': { bot_id: Id; description: string }
  'bot.webhook_restored': { bot_id: Id }
  'bot.restored': { bot_id: Id }
  'webhook.disabled': { webhook_id: Id; reason: string; last_error: string | null }
  'webhook.failing': { webhook_id: Id; percent: number; last_error: string | null }
  'webhook.test': { webhook_id: Id }
  'quota.warning': { quota: string; limit: number; percent: number }
}

export type EventType = keyof EventData
