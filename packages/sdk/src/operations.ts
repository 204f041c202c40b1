import { act, form, get, getBy, list, mark, patch, post, put, remove, removeBy, settings } from './operation.js'

// The operations of a tenant's key. Each operation is described in the API's own documentation, under the same path after `/v1`.

export const connectLinks = {
  /** Makes a link that a user opens to connect a chat. */
  issue: post('/connect-links'),
  list: list('/connect-links'),
  /** How many links were made, opened and used. */
  getFunnel: getBy('/connect-links/funnel'),
  /** With `wait`, it answers when the link was used, or so many seconds later. */
  get: getBy('/connect-links/{id}'),
  revoke: remove('/connect-links/{id}'),
}

export const connectSettings = settings('/connect-settings')

export const users = {
  list: list('/users'),
  get: get('/users/{user_id}'),
  put: put('/users/{user_id}'),
  change: patch('/users/{user_id}'),
  /** Removes everything about a person, within a minute. */
  erase: remove('/users/{user_id}'),
  /** Everything that is known about a person. */
  export: getBy('/users/{user_id}/export'),
}

export const connections = {
  list: list('/connections'),
  get: get('/connections/{id}'),
  end: remove('/connections/{id}'),
}

export const notifications = {
  /** Accepts a notification. It is on disk when this resolves, and is delivered from then on. */
  send: post('/notifications'),
  /** Accepts up to 500 at once, each with a result of its own. */
  sendBatch: post('/notifications/batch'),
  list: list('/notifications'),
  /** With `wait`, it answers when all deliveries have ended, or so many seconds later. */
  get: getBy('/notifications/{id}'),
  /** Changes what was sent. */
  edit: patch('/notifications/{id}'),
  cancel: act('/notifications/{id}/cancel'),
  pause: act('/notifications/{id}/pause'),
  resume: act('/notifications/{id}/resume'),
  reschedule: post('/notifications/{id}/reschedule'),
  /** Deletes what was sent from the chats. */
  takeBack: remove('/notifications/{id}/message'),
  listDeliveries: list('/notifications/{id}/deliveries'),
  /** Sends again what failed. */
  replay: post('/notifications/replay'),
  /** Shows what would be sent, without sending it. */
  render: post('/render'),
}

export const questions = {
  /** Asks, and resolves at once with the open question. See `ask`, which waits for the answer. */
  create: post('/questions'),
  list: list('/questions'),
  /** With `wait`, it answers when the question has ended, or so many seconds later. */
  get: getBy('/questions/{id}'),
  cancel: act('/questions/{id}/cancel'),
}

export const templates = {
  create: post('/templates'),
  list: list('/templates'),
  get: get('/templates/{id}'),
  addVersion: put('/templates/{id}'),
  delete: remove('/templates/{id}'),
  getVersion: get('/templates/{id}/versions/{version}'),
  publish: post('/templates/{id}/publish'),
  rollBack: post('/templates/{id}/rollback'),
}

export const files = {
  upload: form('/files'),
  list: list('/files'),
  get: get('/files/{id}'),
  delete: remove('/files/{id}'),
}

export const topics = {
  list: list('/topics'),
  delete: remove('/topics/{topic}'),
  listSubscribers: list('/topics/{topic}/subscribers'),
  subscribeMany: post('/topics/{topic}/subscribers'),
  subscribe: mark('/topics/{topic}/subscribers/{user_id}'),
  unsubscribe: remove('/topics/{topic}/subscribers/{user_id}'),
}

export const bots = {
  register: post('/bots'),
  list: list('/bots'),
  get: get('/bots/{id}'),
  change: patch('/bots/{id}'),
  /** With `force` the connections through it end; without, it is refused while there are any. */
  delete: removeBy('/bots/{id}'),
  replaceToken: put('/bots/{id}/token'),
  getCapacity: get('/bots/{id}/capacity'),
  /** The bots that the operator shares. */
  listShared: list('/shared-bots'),
  useShared: mark('/shared-bots/{id}'),
  leaveShared: removeBy('/shared-bots/{id}'),
  /** Invites the people of another bot to this one. */
  invite: post('/bots/{id}/invitations'),
}

export const events = {
  list: list('/events'),
}

export const webhooks = {
  create: post('/webhooks'),
  list: list('/webhooks'),
  get: get('/webhooks/{id}'),
  change: patch('/webhooks/{id}'),
  delete: remove('/webhooks/{id}'),
  test: act('/webhooks/{id}/test'),
  rotateSecret: act('/webhooks/{id}/rotate-secret'),
  replay: post('/webhooks/{id}/replay'),
  listAttempts: list('/webhooks/{id}/attempts'),
}

export const chats = {
  list: list('/chats'),
  listMessages: list('/chats/{id}/messages'),
  answer: post('/chats/{id}/messages'),
  markRead: post('/chats/{id}/read'),
  showTyping: act('/chats/{id}/typing'),
  /** A file that a person sent. The answer's body is its content. */
  getFile: get('/inbound-files/{id}/content'),
}

export const inboxSettings = settings('/inbox-settings')

/** How messages go that do not say it. */
export const messageSettings = settings('/message-settings')

export const keys = {
  issue: post('/keys'),
  list: list('/keys'),
  rotate: post('/keys/{id}/rotate'),
  revoke: remove('/keys/{id}'),
}

export const account = {
  /** Whose the key is, and what it may do. */
  getMe: get('/me'),
  getLimits: get('/limits'),
  getUsage: getBy('/usage'),
  getUsageCsv: getBy('/usage.csv'),
  listAudit: list('/audit'),
  /** All of it, a line of JSON for each entry: the body of the answer. */
  exportAudit: getBy('/audit.jsonl'),
  verifyAudit: getBy('/audit/verify'),
}
