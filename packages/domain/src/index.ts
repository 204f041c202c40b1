export { createSealer, SecretKeyError, type Sealer } from './secrets/sealer.js'
export { generateKey, hashKey, isWellFormedKey, type KeyKind } from './keys/key-format.js'
export { issueAdminKey } from './keys/issue-admin-key.js'
export { issueApiKey, scopes, type IssuedKey, type Scope } from './keys/issue-api-key.js'
export { generateConnectToken, hashConnectToken, isConnectToken } from './connect-links/connect-token.js'
export { recordEvents, type NewEvent } from './events/record-events.js'
export { endConnections, type ConnectionEnd } from './connections/end-connections.js'
export { releaseHeld } from './connections/release-held.js'
export { moveChat } from './connections/move-chat.js'
export { sealBotToken, unsealBotToken, webhookSecret } from './bots/bot-secrets.js'
export { receiveUpdates } from './updates/receive-updates.js'
export type {
  Attachment,
  AttachmentType,
  Button,
  Droppable,
  Keyboard,
  MessageContent,
  MessageOptions,
  Overflow,
  TemplateUse,
} from './messages/message.js'
export {
  captionParams,
  linkPreviewParams,
  type MediaSource,
  type Medium,
  type MessageStep,
  planMessage,
  type PlanOptions,
  type SendMethod,
  textParams,
} from './messages/plan-message.js'
export { makeReplyMarkup } from './messages/make-reply-markup.js'
export { isSignatureOf, makeCallbackData, readCallbackData } from './messages/callback-reference.js'
export {
  assertTemplate,
  chooseLocale,
  renderTemplate,
  type TemplateContent,
  TemplateError,
  type TemplateReader,
} from './templates/render-template.js'
export { fileKey } from './files/file-key.js'
export { lengthMaxOf } from './messages/length-max.js'
