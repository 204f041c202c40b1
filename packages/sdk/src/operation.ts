import type { paths } from './generated/api.js'
import { PagePromise } from './page-promise.js'
import type { Method, Query, RequestOptions, Transport } from './transport.js'

/** What an operation is given besides the parameters of its path: a list's query leads to its pages. */
type Takes = 'nothing' | 'query' | 'list' | 'body' | 'form'

/** An operation of the API: how it is asked for, and, through its path, the types of what goes in and comes out. */
export interface Operation<Verb extends Method = Method, Path extends string = string> {
  method: Verb
  path: Path
  takes: Takes
}

type Description<Verb extends Method, Path extends keyof paths> = paths[Path][Lowercase<Verb>]

/** The paths that have an operation which takes this. */
type PathOf<Verb extends Method, Taken extends Takes> = {
  [Path in keyof paths]: Description<Verb, Path> extends undefined
    ? never
    : Taken extends TakenBy<Description<Verb, Path>>
      ? Path
      : never
}[keyof paths] &
  string

type TakenBy<D> = [BodyOf<D>] extends [never]
  ? [QueryOf<D>] extends [never]
    ? 'nothing'
    : AnswerOf<D> extends { next_cursor: unknown }
      ? 'list'
      : 'query'
  : D extends { requestBody: { content: { 'multipart/form-data': unknown } } }
    ? 'form'
    : 'body'

/** A tenant's operations are named by their paths without the version. */
type NameOf<Path extends string> = Path extends `/v1${infer Rest}` ? Rest : Path
type PathNamed<Named extends string> = Named extends `/admin${string}` ? Named : `/v1${Named}`

const operation =
  <Verb extends Method, Taken extends Takes>(method: Verb, takes: Taken) =>
  <Named extends NameOf<PathOf<Verb, Taken>>>(name: Named): Operation<Verb, PathNamed<Named>> => ({
    method,
    path: (name.startsWith('/admin') ? name : `/v1${name}`) as PathNamed<Named>,
    takes,
  })

export const get = operation('GET', 'nothing')
export const getBy = operation('GET', 'query')
export const list = operation('GET', 'list')
export const act = operation('POST', 'nothing')
export const post = operation('POST', 'body')
export const form = operation('POST', 'form')
export const put = operation('PUT', 'body')
export const mark = operation('PUT', 'nothing')
export const patch = operation('PATCH', 'body')
export const remove = operation('DELETE', 'nothing')
export const removeBy = operation('DELETE', 'query')

/** Settings are looked at and changed as a whole. */
export const settings = <Named extends NameOf<PathOf<'GET', 'nothing'> & PathOf<'PATCH', 'body'>>>(name: Named) => ({
  get: get(name),
  change: patch(name),
})

type Described<O> =
  O extends Operation<infer Verb, infer Path> ? (Path extends keyof paths ? Description<Verb, Path> : never) : never

type PathArgs<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [id: string | number, ...PathArgs<Rest>]
  : []

type BodyOf<D> = D extends { requestBody?: { content: infer Content } }
  ? Content extends { 'multipart/form-data': unknown }
    ? { file: Blob; name?: string }
    : Content[keyof Content]
  : never

type QueryOf<D> = D extends { parameters: { query?: infer Query } } ? Exclude<Query, undefined> : never

type InputArgs<D> = [BodyOf<D>] extends [never]
  ? [QueryOf<D>] extends [never]
    ? []
    : [query?: QueryOf<D>]
  : D extends { requestBody: unknown }
    ? [body: BodyOf<D>]
    : [body?: BodyOf<D>]

type Read<Answer> = Answer extends { content: { 'application/json': infer Json } }
  ? Json
  : Answer extends { content: { 'text/csv': unknown } }
    ? string
    : Answer extends { content: { 'application/octet-stream': unknown } | { 'application/jsonl': unknown } }
      ? Response
      : undefined

type AnswerOf<D> = D extends { responses: infer Responses }
  ? { [Status in keyof Responses & (200 | 201 | 202 | 204)]: Read<Responses[Status]> }[keyof Responses &
      (200 | 201 | 202 | 204)]
  : never

type Result<D> =
  AnswerOf<D> extends { data: (infer Item)[]; next_cursor: string | null }
    ? PagePromise<AnswerOf<D>, Item>
    : Promise<AnswerOf<D>>

/** A method as it is called: with the parameters of the path, then the body or the query, then options. */
export type MethodOf<O> =
  O extends Operation<Method, infer Path>
    ? (...args: [...PathArgs<Path>, ...InputArgs<Described<O>>, options?: RequestOptions]) => Result<Described<O>>
    : never

export type Face<Table> = { readonly [Name in keyof Table]: MethodOf<Table[Name]> }

/** Makes methods of operations. */
export function bind<Table extends Record<string, Operation>>(transport: Transport, table: Table): Face<Table> {
  return Object.fromEntries(
    Object.entries(table).map(([name, each]) => [name, (...args: unknown[]) => call(transport, each, args)]),
  ) as Face<Table>
}

function call(transport: Transport, { method, path, takes }: Operation, args: readonly unknown[]): unknown {
  const rest = [...args]
  const filled = path.replace(/\{\w+\}/g, (name) => showSegment(name, rest.shift() as string | number | undefined))
  const input = (takes === 'nothing' ? undefined : rest.shift()) as Query | undefined
  const options = rest.shift() as RequestOptions | undefined
  const send = (given: { query?: Query | undefined; body?: unknown }): Promise<unknown> =>
    transport.send({ method, path: filled, ...given, options }, readAnswer)
  if (takes === 'form') return send({ body: toForm(input) })
  if (takes === 'body') return send({ body: input })
  if (takes !== 'list') return send({ query: input })
  // Events are read from a place on, other lists page by page.
  const place = path === '/v1/events' ? 'after' : 'cursor'
  return new PagePromise(
    (from) => send({ query: from === undefined ? input : { ...input, [place]: from } }) as Promise<never>,
  )
}

/** @throws {TypeError} for what would lead to another path. */
function showSegment(name: string, value: string | number | undefined): string {
  const text = `${value ?? ''}`
  if (text === '' || text === '.' || text === '..') throw new TypeError(`${name} cannot be ${JSON.stringify(text)}`)
  return encodeURIComponent(text)
}

function toForm(input: unknown): FormData {
  const { file, name } = input as { file: Blob; name?: string }
  const data = new FormData()
  if (name === undefined) data.set('file', file)
  else data.set('file', file, name)
  return data
}

function readAnswer(response: Response): Promise<unknown> | Response | undefined {
  if (response.status === 204) return undefined
  const type = response.headers.get('content-type') ?? ''
  if (/[/+]json\b/.test(type)) return response.json()
  return type.startsWith('text/') ? response.text() : response
}
