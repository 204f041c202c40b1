import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { assertTypesExist } from '../../events/event-types.js'

/** Headers that say what a request is are ours to say. */
const ours =
  /^(?:host|content-.*|connection|transfer-encoding|te|upgrade|expect|keep-alive|proxy-.*|trailer|user-agent|webhook-.*)$/i

/** @throws `invalid_request` for an address that is not sent to, a type that none is of, or a header that is not the tenant's to set. */
export function checkWebhook(
  { addresses }: Needs<'addresses'>,
  {
    url,
    types = [],
    headers = {},
  }: { url?: string | undefined; types?: string[] | undefined; headers?: Record<string, string> | undefined },
): void {
  assertTypesExist(types, (index) => `/types/${index}`)
  const errors = [
    ...(url === undefined ? [] : findUrlFaults({ addresses }, url)),
    ...Object.keys(headers)
      .filter((name) => ours.test(name))
      .map((name) => ({
        pointer: `/headers/${name}`,
        code: 'not_allowed',
        detail: 'is a header that is not yours to set',
      })),
    ...findRepeated(Object.keys(headers)).map((name) => ({
      pointer: `/headers/${name}`,
      code: 'duplicate',
      detail: 'is there twice: capital letters make no difference',
    })),
  ]
  if (errors.length > 0) throw new ApiError('invalid_request', 'Nothing can be sent there like that.', { errors })
}

function findRepeated(names: readonly string[]): string[] {
  const small = names.map((name) => name.toLowerCase())
  return names.filter((_, index) => small.indexOf(small[index] ?? '') < index)
}

function findUrlFaults({ addresses }: Needs<'addresses'>, url: string) {
  const { protocol = '', hostname = '' } = URL.canParse(url) ? new URL(url) : {}
  const isPlain = protocol === 'http:' && !addresses.isAllowedHost(hostname.replace(/^\[|\]$/g, ''))
  const detail = addresses.findFault(url) ?? (isPlain ? 'must begin with https://' : undefined)
  return detail === undefined ? [] : [{ pointer: '/url', code: 'wrong_form', detail }]
}
