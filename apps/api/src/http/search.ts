/**
 * Looks through a list that no index of the filter leads through: stretch by stretch, for a moment. What was not looked
 * at by then is for the next page, so that no request costs more than another.
 */
export interface Search<Where, Row> {
  /** How many rows the page shows. */
  limit: number
  /** The key of the row after which the page begins. */
  after: string | undefined
  order: 'asc' | 'desc'
  /** The part of the question that an index leads to. */
  within: Where
  /**
   * The part that no index leads to. Where there is none, the page is read at once. It may depend on the keys of the
   * stretch that is looked through.
   */
  fitting: (Where | ((stretch: KeyRange) => Where | Promise<Where>))[]
  /** Says that the key lies in a range. */
  keyed: (range: KeyRange) => Where
  /** Finds the key of one row, so many rows after the first that fits. */
  findKey: (where: { AND: Where[] }, skip: number) => Promise<string | undefined>
  /** Finds the first rows that fit. */
  find: (where: { AND: Where[] }, take: number) => Promise<Row[]>
}

export interface KeyRange {
  gt?: string
  gte?: string
  lt?: string
  lte?: string
}

export interface Found<Row> {
  /** One more than the page shows, where there are as many. */
  rows: Row[]
  /** Where the next page goes on, where this one has not looked through all. */
  searchedTo: string | undefined
}

/** How long a page is searched for. */
export const searchedForMs = 300
const stretchRows = { first: 1_000, max: 32_000, growth: 4 }

export async function searchList<Where, Row>(search: Search<Where, Row>): Promise<Found<Row>> {
  const { limit, order, within, fitting, keyed, findKey, find } = search
  const beyond = (key: string) => keyed(order === 'asc' ? { gt: key } : { lt: key })
  const upTo = (key: string) => keyed(order === 'asc' ? { lte: key } : { gte: key })
  const endsAtMs = performance.now() + searchedForMs
  const rows: Row[] = []
  let from = search.after
  for (let size = stretchRows.first; ; size = Math.min(size * stretchRows.growth, stretchRows.max)) {
    const rest = from === undefined ? [within] : [within, beyond(from)]
    const until = fitting.length === 0 ? undefined : await findKey({ AND: rest }, size - 1)
    const stretch = until === undefined ? rest : [...rest, upTo(until)]
    const keys = order === 'asc' ? toRange(from, until) : toRange(until, from)
    const fits = await Promise.all(fitting.map((where) => (isOfStretch(where) ? where(keys) : where)))
    rows.push(...(await find({ AND: [...stretch, ...fits] }, limit + 1 - rows.length)))
    if (rows.length > limit || until === undefined) return { rows, searchedTo: undefined }
    if (performance.now() > endsAtMs) return { rows, searchedTo: until }
    from = until
  }
}

function isOfStretch<Where>(
  where: Where | ((stretch: KeyRange) => Where | Promise<Where>),
): where is (stretch: KeyRange) => Where | Promise<Where> {
  return typeof where === 'function'
}

function toRange(gte: string | undefined, lte: string | undefined): KeyRange {
  return { ...(gte === undefined ? {} : { gte }), ...(lte === undefined ? {} : { lte }) }
}
