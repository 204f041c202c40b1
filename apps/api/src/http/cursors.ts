import { createHash } from 'node:crypto'
import { ApiError } from '../errors.js'
import type { Found } from './search.js'

/**
 * A place in a list, bound to the tenant and the filter it was made for. It names the last item that was
 * shown, so that items which are added meanwhile change nothing.
 */
export function makeCursor(scope: unknown, position: string): string {
  return Buffer.from(JSON.stringify([fingerprint(scope), position])).toString('base64url')
}

/** @throws `invalid_request` for a cursor of another list, filter or tenant. */
export function readCursor(scope: unknown, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  try {
    const [print, position] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (print === fingerprint(scope) && typeof position === 'string' && !position.includes('\0')) return position
  } catch {
    // Not one of ours.
  }
  throw foreignCursor()
}

/** The same for a list in the order of its ids. */
export function readIdCursor(scope: unknown, cursor: string | undefined): string | undefined {
  const position = readCursor(scope, cursor)
  if (position !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(position)) throw foreignCursor()
  return position
}

/** Makes a page of what a search has found. Where it has not looked through all, another page follows. */
export function toFoundPage<Item, View>(
  { rows, searchedTo }: Found<Item>,
  limit: number,
  scope: unknown,
  positionOf: (item: Item) => string,
  view: (item: Item) => View,
): { data: View[]; next_cursor: string | null } {
  const page = toPage(rows, limit, scope, positionOf, view)
  return searchedTo === undefined || rows.length > limit
    ? page
    : { ...page, next_cursor: makeCursor(scope, searchedTo) }
}

/** Cuts the one item too many that was read to know whether more follows. */
export function toPage<Item, View>(
  items: Item[],
  limit: number,
  scope: unknown,
  positionOf: (item: Item) => string,
  view: (item: Item) => View,
): { data: View[]; next_cursor: string | null } {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = items.length > limit && last !== undefined
  return { data: shown.map(view), next_cursor: hasMore ? makeCursor(scope, positionOf(last)) : null }
}

export function foreignCursor(): ApiError {
  return new ApiError('invalid_request', 'The cursor does not belong to this list and filter.', {
    errors: [
      { pointer: '/cursor', code: 'invalid_cursor', detail: 'is not the next_cursor of an answer to the same request' },
    ],
  })
}

function fingerprint(scope: unknown): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 12)
}
