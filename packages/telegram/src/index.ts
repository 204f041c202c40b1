export {
  createBotApi,
  type BotApi,
  type BotApiOptions,
  type CallOutcome,
  type Method,
  type Params,
  type Result,
} from './bot-api.js'
export { classifyOutcome, type OutcomeClass } from './classify-outcome.js'
export { type FailureRow, failureTable } from './failure-table.js'
export { createPermits, type ChatKind, type Permits } from './permits.js'
export { describeUpdate, type UpdateSummary } from './describe-update.js'
export { subscribedUpdates, type SubscribedUpdate } from './subscribed-updates.js'
export { isWellFormedToken, telegramIdOf } from './token.js'
export type {
  CallbackQuery,
  ChatMember,
  Chat,
  Message,
  MessageEntity,
  MessageReactionUpdated,
  ReactionType,
  Update,
  User,
  UserFromGetMe,
  ChatMemberUpdated,
} from '@grammyjs/types'
export type { Upload } from './upload.js'
