const header = (description: string, schema: object, example: unknown) => ({ description, schema, example })

/** The headers of answers, as components. */
export const headers = {
  'X-Request-Id': header(
    'Under which the request is in the log; yours, where you sent one.',
    { type: 'string' },
    '0192…',
  ),
  RateLimit: header(
    'How many requests are left, and for how many seconds (draft-ietf-httpapi-ratelimit-headers).',
    { type: 'string' },
    '"default";r=9999;t=1',
  ),
  'RateLimit-Policy': header('How many requests there are a second.', { type: 'string' }, '"default";q=10000;w=1'),
  'Retry-After': header('After how many seconds it is worth trying again.', { type: 'integer' }, 1),
  Location: header(
    'The path of what was made.',
    { type: 'string' },
    '/v1/notifications/ntf_01kaj2n5q8e3xv4m6t9r0wzysd',
  ),
  'Idempotency-Replayed': header(
    '`true` where an earlier request with this Idempotency-Key was carried out, and this is its answer again.',
    { type: 'string', enum: ['true'] },
    'true',
  ),
  'Preference-Applied': header('How long the answer was waited for.', { type: 'string' }, 'wait=5'),
  'WWW-Authenticate': header('How to authenticate.', { type: 'string' }, 'Bearer realm="tellwire"'),
}

/** References to some of them. */
export function refer(names: readonly (keyof typeof headers)[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
