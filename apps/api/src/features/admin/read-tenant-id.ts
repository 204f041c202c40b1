import { readId } from '../../http/ids.js'

/** The tenant that a filter names; undefined for all. @throws `not_found` for an id of another kind or none at all. */
export function readTenantId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : readId('ten', id, 'tenant')
}
