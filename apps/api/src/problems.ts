interface Problem {
  status: number
  title: string
  /** Why it happens. */
  why: string
  /** What the caller can do. */
  remedy: string
  isRetryable: boolean
  /** Where a standard names the type of the problem: that name. */
  type?: string
}

const problem = (status: number, title: string, why: string, remedy: string, isRetryable = false): Problem => ({
  status,
  title,
  why,
  remedy,
  isRetryable,
})

/** draft-ietf-httpapi-ratelimit-headers-11, "Problem Types". */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded'

/** Every code that an answer can carry: stable, and documented under `/problems/{code}`. */
export const problems = {
  invalid_request: problem(
    400,
    'The request does not fit its schema',
    'A field is missing, unknown, or not of the form that this address takes.',
    'Look at errors: each entry has a JSON pointer to a field and says what it must be. The same request fails again.',
  ),
  cursor_stale: problem(
    410,
    'The cursor is from before a restore',
    'The database was restored from a dump, after which events are numbered anew.',
    'Begin anew with after=start, or with after=now if you need nothing of before.',
  ),
  malformed_json: problem(
    400,
    'The body is not JSON',
    'The body could not be parsed as JSON, or is missing where one is needed.',
    'Send one JSON object in UTF-8, with Content-Type: application/json.',
  ),
  invalid_encoding: problem(
    400,
    'The body is not valid UTF-8',
    'The body has bytes that are no UTF-8.',
    'Encode the body as UTF-8.',
  ),
  malformed_request: problem(
    400,
    'The request is not valid HTTP',
    'The address, the headers or the form could not be read.',
    'Check the client or the proxy that sends the request.',
  ),
  unauthenticated: problem(
    401,
    'A valid key is missing',
    'No key was sent, or it is unknown, expired or revoked. A typo is noticed by the checksum of a key.',
    'Send "Authorization: Bearer tw_live_…" with a key of your tenant, or a tw_admin_ key for /admin/v1.',
  ),
  insufficient_scope: problem(
    403,
    "The key's scopes do not allow this",
    'Every operation needs one scope, which the reference names.',
    'Use a key with this scope; whoever operates the service can issue one. GET /v1/me tells the scopes of a key.',
  ),
  not_found: problem(
    404,
    'There is no such thing',
    "There is nothing at this address, or an id in it is unknown, of another kind, or another tenant's.",
    'Check the address and the id. Ids begin with the kind of thing they stand for, such as ntf_ or bot_.',
  ),
  method_not_allowed: problem(
    405,
    'The address does not take this method',
    'The address exists, and takes other methods.',
    'Use one of the methods in the Allow header.',
  ),
  request_timeout: problem(
    408,
    'The body did not arrive in time',
    'A body has 30 seconds to arrive; an upload has to go on arriving.',
    'Send the request again, over a connection that is faster.',
    true,
  ),
  conflict: problem(
    409,
    'The resource is in another state',
    'What was asked for is not possible in the present state, such as revoking a link that was used.',
    'Read the resource again and decide on what it shows.',
  ),
  bot_exists: problem(
    409,
    'The bot is registered already',
    'A bot of Telegram can be registered once.',
    'Use the bot that is there, or give it a new token with PUT /v1/bots/{id}/token.',
  ),
  bot_in_use: problem(
    409,
    'The bot is in use',
    'It would cut off people who are connected through the bot, or lose messages that wait.',
    'Read in the answer how many: wait, invite the people to another bot, or repeat the request with ?force=true.',
  ),
  file_in_use: problem(
    409,
    'The file is still needed',
    'A notification that was not sent yet has the file attached.',
    'Wait until it is sent, or cancel it.',
  ),
  idempotency_in_flight: problem(
    409,
    'A request with this idempotency key is still running',
    'The first request with the key has not finished.',
    'Repeat the request after Retry-After: then its answer is there.',
    true,
  ),
  payload_too_large: problem(
    413,
    'The body is too large',
    'A body may have 1 MiB, a batch 8 MiB, a file 50 MiB.',
    'Send less at once.',
  ),
  uri_too_long: problem(414, 'The address is too long', 'The address has too many characters.', 'Shorten it.'),
  unsupported_media_type: problem(
    415,
    'The body is of another type',
    'Bodies are application/json; files are uploaded as multipart/form-data.',
    'Set Content-Type to what the address takes.',
  ),
  idempotency_mismatch: problem(
    422,
    'The idempotency key was used for another request',
    'Within 24 hours a key stands for one request: its method, its address and its body as JSON.',
    'Use a new key for a new request.',
  ),
  user_not_connected: problem(
    422,
    'The user has no active connection',
    'Nobody has connected a chat for this user, or the connection has ended.',
    'Give the user a connect link (POST /v1/connect-links), or send with if_not_connected: "hold" to wait for it.',
  ),
  bot_required: problem(
    422,
    'The bot must be named',
    'Without bot_id the only bot is used, and there are several or none.',
    'Name one with bot_id, or register one with POST /v1/bots.',
  ),
  webhook_refused: problem(
    422,
    'Telegram does not accept the webhook',
    'Telegram refused the address at which this service wants to receive updates.',
    'Whoever operates the service checks PUBLIC_URL: it has to be https and reachable for Telegram.',
  ),
  bot_token_rejected: problem(
    422,
    'Telegram does not accept the bot token',
    'The token is not of the form 123456789:AA…, belongs to another bot, or was revoked.',
    'Copy the token from @BotFather again.',
  ),
  text_empty: problem(
    422,
    'The message would show nothing',
    'Once formatted, no character is left that Telegram would show.',
    'Give a text, or an attachment.',
  ),
  message_too_long: problem(
    422,
    'The message is too long',
    'Telegram takes 4096 characters of text and 1024 of a caption, and overflow is "reject".',
    'Shorten the text, or choose overflow "split", "truncate" or "file".',
  ),
  markup_invalid: problem(
    422,
    'Telegram would refuse the formatting',
    "A text in one of Telegram's own formats breaks a rule of that format.",
    'See errors for the place and the words of Telegram; or use format "markdown", of which no text is refused.',
  ),
  too_many_recipients: problem(
    422,
    'The request names too many recipients',
    'The notifications of one request may name 10,000 users together.',
    'Send several requests, or send to a topic.',
  ),
  too_costly: problem(
    422,
    'The text takes too long to read',
    'A text or a template is made so that reading it would hold up others.',
    'Shorten it, or write it with fewer marks.',
  ),
  attachments_refused: problem(
    422,
    'The attachments cannot be sent',
    'Telegram does not send these attachments together, or does not fetch this address.',
    'See errors for which one, and why.',
  ),
  buttons_refused: problem(
    422,
    'The buttons cannot be sent',
    'A button does not say what it does, or says two things, or its address cannot be opened.',
    'Give each button exactly one of url, action, copy and web_app.',
  ),
  link_preview_refused: problem(
    422,
    'The link preview cannot be shown',
    'The address is not one that Telegram opens.',
    'Give an http or https address.',
  ),
  redirect_refused: problem(
    422,
    'People are not led to this address',
    'The redirect_url leads into a private network, or to a host that is not allowed for the tenant.',
    'Give a public address; whoever operates the service sets which hosts a tenant may lead to.',
  ),
  file_unknown: problem(
    422,
    'There is no such file',
    'The id is not that of a file of yours.',
    'Upload the file with POST /v1/files and use the id of the answer.',
  ),
  file_too_large: problem(
    422,
    'The file is too large',
    'Telegram takes photos up to 10 MB.',
    'Send it as a document, or set fallback: "document".',
  ),
  file_empty: problem(422, 'The file is empty', 'The file has no bytes.', 'Upload a file with content.'),
  reply_target_unknown: problem(
    422,
    'There is nothing to reply to',
    'reply_to is neither a notification of yours nor a message of your inbox.',
    'Use the id of an earlier notification, or of the event of a message.',
  ),
  template_unknown: problem(
    422,
    'There is no such template',
    'The id or the version is not one of yours.',
    'GET /v1/templates lists what there is.',
  ),
  template_unpublished: problem(
    422,
    'The template has no published version',
    'A notification uses the published version unless it names one.',
    'Publish one with POST /v1/templates/{id}/publish, or name a version.',
  ),
  template_invalid: problem(
    422,
    'The template cannot be rendered',
    'A text is not valid Mustache, a schema cannot be used, or no text is for the default language.',
    'See errors for which, and why.',
  ),
  template_name_taken: problem(
    409,
    'There is a template of this name',
    'Names of templates are unique within a tenant.',
    'Choose another name, or add a version to the template that is there.',
  ),
  variables_invalid: problem(
    422,
    'The variables do not fit the template',
    "A variable is missing or does not fit the template's schema.",
    'See errors for which one.',
  ),
  not_editable: problem(
    422,
    'The message cannot be changed like this',
    'Telegram edits message by message: it adds none, and makes no photo of a text.',
    'Change it to as many messages of the same kinds, or send another.',
  ),
  time_out_of_range: problem(
    422,
    'The time cannot be used',
    'A time is more than a year ahead, or over before the notification could be sent.',
    'See errors for which one.',
  ),
  topic_unknown: problem(
    422,
    'There is no such topic',
    'Nobody has ever subscribed to a topic of this name.',
    'Subscribe users first: PUT /v1/topics/{topic}/subscribers/{user_id}.',
  ),
  batch_refused: problem(
    422,
    'Nothing of the batch was accepted',
    'An atomic batch is accepted whole or not at all, and something was in the way.',
    'See errors for which notifications, and why.',
  ),
  impossible_combination: problem(
    422,
    'The fields do not go together',
    'Two fields exclude each other, or one needs another.',
    'See errors for which one.',
  ),
  rate_refused: problem(
    422,
    'The bot cannot have this rate',
    'Telegram takes more than 30 messages a second only for pay.',
    'Set allow_paid_broadcast, or stay at 30.',
  ),
  bot_not_owned: problem(
    403,
    'The bot is shared and not yours to change',
    'A shared bot is changed by whoever operates the service.',
    'Ask them, or register a bot of your own.',
  ),
  rate_limited: {
    ...problem(
      429,
      'A limit is used up',
      'More came in a second, a minute, a day or a month than may: of a tenant, a key, or an address without a key.',
      'Wait for Retry-After, and read the RateLimit header of each answer. GET /v1/limits shows all limits.',
      true,
    ),
    type: quotaExceeded,
  },
  limit_reached: problem(
    422,
    'There can be no more of it',
    'The tenant has as much as it may: of users, bots, templates, files, or deliveries that wait.',
    'Delete what is not needed, or ask whoever operates the service. GET /v1/limits shows all limits.',
  ),
  network_refused: problem(
    403,
    'The key may not come from here',
    'The key is let in from certain networks only.',
    'Send the request from one of them, or use another key.',
  ),
  tenant_suspended: problem(
    403,
    'The tenant is suspended',
    'Whoever operates the service has suspended the tenant. Its deliveries wait; nothing is dropped.',
    'Ask whoever operates the service.',
  ),
  too_many_at_once: {
    ...problem(
      429,
      'Too many requests at once',
      'So many of your requests go on, or wait for something, that further ones would wait too long.',
      'Wait for answers before sending more, and repeat the request after Retry-After.',
      true,
    ),
    type: quotaExceeded,
  },
  headers_too_large: problem(431, 'The headers are too large', 'All headers together are too long.', 'Send less.'),
  internal_error: problem(
    500,
    'Something went wrong here',
    'A failure that is not yours was recorded, under the request_id of the answer.',
    'Repeat the request, with the same Idempotency-Key. If it fails again, report the request_id.',
    true,
  ),
  telegram_unavailable: problem(
    502,
    'Telegram cannot be reached',
    'Telegram did not answer, or asks to wait.',
    'Repeat the request after Retry-After.',
    true,
  ),
  service_unavailable: problem(
    503,
    'The service is not ready',
    'The database is away or too much waits. Nothing of the request was done.',
    'Repeat the request after Retry-After, with the same Idempotency-Key.',
    true,
  ),
} satisfies Record<string, Problem>

export type ProblemCode = keyof typeof problems

/** Codes of what is wrong with one field, besides the codes of problems. */
export const fieldCodes = {
  required: 'It has to be given.',
  unknown_field: 'There is no such field here.',
  wrong_type: 'It is of another JSON type.',
  wrong_format: 'It is no time, address, language or time zone.',
  wrong_form: 'It has characters or a combination that it cannot have.',
  not_allowed: 'It is none of the values that there are.',
  not_storable: 'It holds U+0000 or half a surrogate pair.',
  too_short: 'It has too few characters.',
  too_long: 'It has too many characters or bytes.',
  too_small: 'The number is too small.',
  too_large: 'The number is too large.',
  too_few: 'It has too few items or fields.',
  too_many: 'It has too many items or fields.',
  too_deep: 'It is nested too deep.',
  duplicate: 'An item is there twice.',
  invalid_cursor: 'It is not the next_cursor of this list.',
} satisfies Record<string, string>

export type FieldCode = keyof typeof fieldCodes
