import type { AdminKeyScope, Scope as KeyScope } from '@tellwire/domain'
import Type, { type Static, type TObject, type TSchema } from 'typebox'
import type { AdminRequestScope, TenantRequestScope } from './context.js'
import type { GateName } from './gates.js'
import type { ProblemCode } from './problems.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a handler is given: the parts of the request, checked, and what it may do. */
export interface Call<Scope = unknown, Params = unknown, Query = unknown, Headers = unknown, Body = unknown> {
  scope: Scope
  params: Params
  query: Query
  headers: Headers
  body: Body
  /** Aborts when the caller goes away, and when the server closes. */
  signal: () => AbortSignal
}

/** One operation of the interface: all that the server, the reference and a client generator have to know of it. */
export interface Route {
  /** Named `verbNoun`; the `operationId` of the reference. */
  operation: string
  /** The scope that a tenant's key must have. `any` is for every key of a tenant, `admin` for admins' keys. */
  scope: KeyScope | 'any' | 'admin'
  /** The scope that an admin's key must have, where more than looking is done; `tenants` where it is absent. */
  adminScope?: AdminKeyScope
  method: Method
  /** Such as `/v1/connect-links/:id`. */
  url: string
  tag: string
  summary: string
  description?: string
  params?: TObject
  query?: TObject
  headers?: TObject
  body?: TSchema
  /** A form with one file of up to so many bytes is sent instead of JSON. The body of the call is then the form as it arrives. */
  fileBytesMax?: number
  /** Whether a request without a body is one with an empty object. */
  isBodyOptional?: boolean
  bodyBytesMax?: number
  /** The bodies of the answers by status; the lowest status is the usual one. */
  responses: Record<number, TSchema>
  /** The media type of the answers, where it is not JSON. */
  answers?: 'text/event-stream' | 'application/octet-stream' | 'text/csv' | 'application/jsonl'
  /** Whether answers are written as they were made: without picking the fields of the schema, which takes most of the time of a long one. */
  isWrittenAsMade?: boolean
  /** Whether a repeated request with the same `Idempotency-Key` gets the first answer again. */
  isIdempotent?: boolean
  /** Whether the answer has a `Location`: the path of what was made. */
  hasLocation?: boolean
  /** The scope that a key needs to be shown the answer; one that has it not is answered 204. */
  shows?: KeyScope
  /** The gate that its work passes through; `statements` where it is absent. With `none` the operation sees to it itself. */
  gate?: GateName | 'none'
  /** Codes that this operation answers besides those that all do. */
  errors?: readonly ProblemCode[]
  /** Is given the parts of the request that the schemas describe. */
  handler: (call: never) => unknown
}

interface Typed<
  Scope,
  Params extends TObject,
  Query extends TObject,
  Headers extends TObject,
  Body extends TSchema,
> extends Omit<Route, 'params' | 'query' | 'headers' | 'body' | 'handler' | 'scope'> {
  params?: Params
  query?: Query
  headers?: Headers
  body?: Body
  handler: (call: Call<Scope, Static<Params>, Static<Query>, Static<Headers>, Static<Body>>) => unknown
}

/** Describes an operation for a tenant's key. */
export function route<Params extends TObject, Query extends TObject, Headers extends TObject, Body extends TSchema>(
  definition: Typed<TenantRequestScope, Params, Query, Headers, Body> & { scope: KeyScope | 'any' },
): Route {
  return definition
}

/** Describes an operation for an admin's key. */
export function adminRoute<
  Params extends TObject,
  Query extends TObject,
  Headers extends TObject,
  Body extends TSchema,
>(definition: Omit<Typed<AdminRequestScope, Params, Query, Headers, Body>, 'tag'>): Route {
  return { tag: 'admin', scope: 'admin', ...definition }
}

/** The body of an answer that has none. */
export const Empty = Type.Null()
