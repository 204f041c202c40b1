import { act, form, get, getBy, list, mark, patch, post, put, remove, removeBy, settings } from './operation.js'

// The operations of a tenant's key. Each operation is described in the API's own documentation, under the same path.

export const connectLinks = {
  /** Makes a link that a user opens to connect a chat. */
  issue: post('/v1/connect-links'),
  list: list('/v1/connect-links'),
  /** How many links were made, opened and used. */
  getFunnel: getBy('/v1/connect-links/funnel'),
  /** With `wait`, it answers when the link was used, or so many seconds later. */
  get: getBy('/v1/connect-links/{id}'),
  revoke: remove('/v1/connect-links/{id}'),
}

export const connectSettings = settings('/v1/connect-settings')

export const users = {
  list: list('/v1/users'),
  get: get('/v1/users/{user_id}'),
  put: put('/v1/users/{user_id}'),
  change: patch('/v1/users/{user_id}'),
  /** Removes everything about a person, within a minute. */
  erase: remove('/v1/users/{user_id}'),
  /** Everything that is known about a person. */
  export: getBy('/v1/users/{user_id}/export'),
}

export const connections = {
  list: list('/v1/connections'),
  get: get('/v1/connections/{id}'),
  end: remove('/v1/connections/{id}'),
}

export const notifications = {
  /** Accepts a notification. It is on disk when this resolves, and is delivered from then on. */
  send: post('/v1/notifications'),
  /** Accepts up to 500 at once, each with a result of its own. */
  sendBatch: post('/v1/notifications/batch'),
  list: list('/v1/notifications'),
  /** With `wait`, it answers when all deliveries have ended, or so many seconds later. */
  get: getBy('/v1/notifications/{id}'),
  /** Changes what was sent. */
  edit: patch('/v1/notifications/{id}'),
  cancel: act('/v1/notifications/{id}/cancel'),
  pause: act('/v1/notifications/{id}/pause'),
  resume: act('/v1/notifications/{id}/resume'),
  reschedule: post('/v1/notifications/{id}/reschedule'),
  /** Deletes what was sent from the chats. */
  takeBack: remove('/v1/notifications/{id}/message'),
  listDeliveries: list('/v1/notifications/{id}/deliveries'),
  /** Sends again what failed. */
  replay: post('/v1/notifications/replay'),
  /** Shows what would be sent, without sending it. */
  render: post('/v1/render'),
}

export const questions = {
  /** Asks, and resolves at once with the open question. See `ask`, which waits for the answer. */
  create: post('/v1/questions'),
  list: list('/v1/questions'),
  /** With `wait`, it answers when the question has ended, or so many seconds later. */
  get: getBy('/v1/questions/{id}'),
  cancel: act('/v1/questions/{id}/cancel'),
}

export const templates = {
  create: post('/v1/templates'),
  list: list('/v1/templates'),
  get: get('/v1/templates/{id}'),
  addVersion: put('/v1/templates/{id}'),
  delete: remove('/v1/templates/{id}'),
  getVersion: get('/v1/templates/{id}/versions/{version}'),
  publish: post('/v1/templates/{id}/publish'),
  rollBack: post('/v1/templates/{id}/rollback'),
}

export const files = {
  upload: form('/v1/files'),
  list: list('/v1/files'),
  get: get('/v1/files/{id}'),
  delete: remove('/v1/files/{id}'),
}

export const topics = {
  list: list('/v1/topics'),
  delete: remove('/v1/topics/{topic}'),
  listSubscribers: list('/v1/topics/{topic}/subscribers'),
  subscribeMany: post('/v1/topics/{topic}/subscribers'),
  subscribe: mark('/v1/topics/{topic}/subscribers/{user_id}'),
  unsubscribe: remove('/v1/topics/{topic}/subscribers/{user_id}'),
}

export const bots = {
  register: post('/v1/bots'),
  list: list('/v1/bots'),
  get: get('/v1/bots/{id}'),
  change: patch('/v1/bots/{id}'),
  /** With `force` the connections through it end; without, it is refused while there are any. */
  delete: removeBy('/v1/bots/{id}'),
  replaceToken: put('/v1/bots/{id}/token'),
  getCapacity: get('/v1/bots/{id}/capacity'),
  /** The bots that the operator shares. */
  listShared: list('/v1/shared-bots'),
  useShared: mark('/v1/shared-bots/{id}'),
  leaveShared: removeBy('/v1/shared-bots/{id}'),
  /** Invites the people of another bot to this one. */
  invite: post('/v1/bots/{id}/invitations'),
}

export const events = {
  list: list('/v1/events'),
}

export const webhooks = {
  create: post('/v1/webhooks'),
  list: list('/v1/webhooks'),
  get: get('/v1/webhooks/{id}'),
  change: patch('/v1/webhooks/{id}'),
  delete: remove('/v1/webhooks/{id}'),
  test: act('/v1/webhooks/{id}/test'),
  rotateSecret: act('/v1/webhooks/{id}/rotate-secret'),
  replay: post('/v1/webhooks/{id}/replay'),
  listAttempts: list('/v1/webhooks/{id}/attempts'),
}

export const chats = {
  list: list('/v1/chats'),
  listMessages: list('/v1/chats/{id}/messages'),
  answer: post('/v1/chats/{id}/messages'),
  markRead: post('/v1/chats/{id}/read'),
  showTyping: act('/v1/chats/{id}/typing'),
  /** A file that a person sent. The answer's body is its content. */
  getFile: get('/v1/inbound-files/{id}/content'),
}

export const inboxSettings = settings('/v1/inbox-settings')

/** How messages go that do not say it. */
export const messageSettings = settings('/v1/message-settings')

export const keys = {
  issue: post('/v1/keys'),
  list: list('/v1/keys'),
  rotate: post('/v1/keys/{id}/rotate'),
  revoke: remove('/v1/keys/{id}'),
}

export const account = {
  /** Whose the key is, and what it may do. */
  getMe: get('/v1/me'),
  getLimits: get('/v1/limits'),
  getUsage: getBy('/v1/usage'),
  getUsageCsv: getBy('/v1/usage.csv'),
  listAudit: list('/v1/audit'),
  /** All of it, a line of JSON for each entry: the body of the answer. */
  exportAudit: getBy('/v1/audit.jsonl'),
  verifyAudit: getBy('/v1/audit/verify'),
}
