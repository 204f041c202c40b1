export { createSealer, type Sealer } from './secrets/sealer.js'
export { openSealer } from './secrets/open-sealer.js'
export { findKeyWeakness, findKeyWeaknesses, SecretKeyError } from './secrets/read-secret-keys.js'
export { type Resealed, resealSecrets, countFormerlySealed } from './secrets/reseal-secrets.js'
export { type AuditDetails, proveErasure } from './audit/audit-entry.js'
export { type AuditAction, auditActions, recordAudit } from './audit/record-audit.js'
export { sealAudit } from './audit/seal-audit.js'
export { type AuditHead, type AuditVerdict, verifyAudit } from './audit/verify-audit.js'
export { askToEraseTenant, askToEraseUser, findErasure, type StoredErasure, undoMs } from './erasure/ask-for-erasure.js'
export { erase, findDueErasure, putOffErasure } from './erasure/erase-due.js'
export { bootstrap, type Bootstrap } from './keys/bootstrap.js'
export { generateKey, hashKey, isWellFormedKey, type KeyKind } from './keys/key-format.js'
export { type AdminKeyScope, adminScopes, issueAdminKey, issueAdminKeyByHand } from './keys/issue-admin-key.js'
export { isInNetworks, isNetwork, isWithin } from './keys/networks.js'
export { endAfter, rotateApiKey } from './keys/rotate-api-key.js'
export { issueApiKey, scopes, type IssuedKey, type Scope } from './keys/issue-api-key.js'
export { Refusal, type FieldError, type RefusalOptions } from './refusal.js'
export {
  type Actor,
  type AdminScope,
  runNow,
  type SystemScope,
  type TenantScope,
  tellAfterCommit,
  wakeAfterCommit,
  type WorkLog,
} from './scope.js'
export {
  findKept,
  forgetExpired,
  type Idempotency,
  keepOnce,
  type Kept,
  type KeepingScope,
} from './idempotency/keep-once.js'
export { type BoundedWork, BudgetExceeded, createBoundedWork } from './bounded-work/bounded-work.js'
export { type Accepter, createAccepter, sizeOf } from './notifications/accepter.js'
export {
  adminRights,
  type ConnectLink,
  type IssuedConnectLink,
  issueConnectLink,
  type LinkChat,
  linkChats,
  type LinkConfirm,
  linkConfirms,
  type NewConnectLink,
} from './connect-links/issue-connect-link.js'
export { findEndedLinks } from './connect-links/find-ended-links.js'
export { findConnectLink, type LinkKey } from './connect-links/find-connect-link.js'
export { codeOfToken, hashConnectCode, isConnectToken, readCode, showCode } from './connect-links/token.js'
export { chatSharings, groupConnects, unreachablePolicies } from './connect-links/tenant-rules.js'
export { linkStatus, linkStatuses, type LinkStatus } from './connect-links/status.js'
export { type LinkUse, type OpenedLink, useConnectLink } from './connect-links/use-connect-link.js'
export { revokeConnectLink } from './connect-links/revoke-connect-link.js'
export { type AutoAnswer, autoAnswers } from './inbox/auto-answers.js'
export { type InboundFile, sealInboundFile, unsealInboundFile } from './files/inbound-file.js'
export { displayName, fullName, personName } from './chats/display-name.js'
export { makeEventCursor, readEventCursor, sequenceOf } from './events/cursor.js'
export { answerQuestion, findAnswerOf } from './questions/answer-question.js'
export { endQuestion } from './questions/end-question.js'
export { findEndedQuestions } from './questions/find-ended-questions.js'
export { findAnswersTo, findGivenAnswers, withoutNames } from './questions/given-answers.js'
export { openQuestion } from './questions/open-question.js'
export {
  answerAction,
  type AskedOptions,
  type NamedAnswer,
  type QuestionAnswer,
  type QuestionKey,
  type QuestionStatus,
  questionStatuses,
  quorums,
  questionTextMax,
} from './questions/question.js'
export {
  eventApiVersion,
  type EventView,
  showEvent,
  showWebhookMessage,
  type WebhookMessage,
} from './events/show-event.js'
export { type IdPrefix, parseId, showId } from './ids.js'
export { eventCatalogue, type EventIdKind, eventIdKinds } from './events/catalogue.js'
export { cutText } from './messages/cut-text.js'
export { findContent, readContent } from './messages/stored-content.js'
export { readStoredTemplate, writeTemplateContent } from './templates/stored-template.js'
export { recordEvents, type NewEvent } from './events/record-events.js'
export { botRemoved, endConnections, type ConnectionEnd } from './connections/end-connections.js'
export { releaseAwaiting } from './connections/release-awaiting.js'
export { TimeZoneError, watchClock } from './clock/watch-clock.js'
export { moveChat } from './connections/move-chat.js'
export { askToMove, type BotMove, findDueMove, putOffMove } from './bots/bot-moves.js'
export { assertSecretKey } from './bots/assert-secret-key.js'
export {
  type WantedUpdateMode,
  wantedUpdateModes,
  webhookAddress,
  webhookConnectionsMax,
  webhookParams,
} from './bots/webhook.js'
export { readWebhookSecret, sealBotToken, unsealBotToken, webhookSecret } from './bots/bot-secrets.js'
export { retireBot } from './bots/retire-bot.js'
export { usableBy } from './bots/usable-by.js'
export { recordPublicUrl } from './bots/record-public-url.js'
export { receiveUpdates } from './updates/receive-updates.js'
export { openStartTokens } from './updates/start-tokens.js'
export { type AfterPress, afterPresses, buttonStyles, readingOf } from './messages/message.js'
export type {
  Attachment,
  AttachmentType,
  Button,
  Droppable,
  Keyboard,
  MessageContent,
  MessageOptions,
  Overflow,
  Rich,
  TemplateUse,
} from './messages/message.js'
export { readRich, writeRich } from './messages/rich-default.js'
export type { MediaSource, Medium, MessageStep, SendMethod } from './messages/message-step.js'
export { isRich } from './messages/rich-part.js'
export { captionParams, planMessage, type PlanOptions, textParams } from './messages/plan-message.js'
export {
  type MessageToPrepare,
  type PreparedMessage,
  prepareMessage,
  type Unpreparable,
} from './messages/prepare-message.js'
export { makeReplyMarkup } from './messages/make-reply-markup.js'
export {
  type CallbackReference,
  isSignatureOf,
  makeCallbackData,
  readCallbackData,
} from './messages/callback-reference.js'
export { type TemplateContent, TemplateError, type TemplateReader } from './templates/render-template.js'
export { findSchemaFault, findVariableFaults, type SchemaFault } from './templates/variables-schema.js'
export { isDateTime, isLocale, isTimezone, normaliseLocale, normaliseTimezone } from './formats.js'
export {
  type LimitName,
  limitNames,
  type QuotaName,
  quotaSeconds,
  readLimits,
  type TenantLimits,
  type TotalName,
  totalNames,
} from './limits/tenant-limits.js'
export { createQuotas, createSharedCount, type OnQuotaWarning, type Quotas, type Taken } from './limits/quotas.js'
export { sentAddress } from './addresses/sent-address.js'
export { type AddressRules, createAddressRules } from './addresses/address-rules.js'
export {
  generateWebhookSecret,
  sealWebhookHeaders,
  sealWebhookSecrets,
  unsealWebhookHeaders,
  unsealWebhookSecrets,
  webhookHeaders,
  webhookKey,
} from './webhooks/sign.js'
export { createGate, type Gate, tooManyAtOnce } from './fairness/gate.js'
export { fileKey } from './files/file-key.js'
export { removeFile } from './files/remove-file.js'
export { removeUnusedFiles } from './files/remove-unused.js'
export { lengthMaxOf } from './messages/length-max.js'
