/**
 * Looks through a list that no index of the filter leads through: stretch by stretch, for a moment. What was not looked
 * at by then is for the next page, so that no request costs more than another.
 */
export interface Search<Row> {
  /** How many rows the page shows. */
  limit: number
  /** The key of the row after which the page begins. */
  after: string | undefined
  /** The key of the row so many rows after another one; undefined where the list ends before that. */
  findBound: (after: string | undefined, rows: number) => Promise<string | undefined>
  /** Finds rows that fit after a key, up to and with another where there is one. */
  find: (stretch: { after: string | undefined; until: string | undefined; take: number }) => Promise<Row[]>
}

export interface Found<Row> {
  /** One more than the page shows, where there are as many. */
  rows: Row[]
  /** Where the next page goes on, where this one has not looked through all. */
  searchedTo: string | undefined
}

const searchedForMs = 300
const stretchRows = { first: 1_000, max: 32_000, growth: 4 }

export async function searchList<Row>({ limit, after, findBound, find }: Search<Row>): Promise<Found<Row>> {
  const endsAtMs = performance.now() + searchedForMs
  const rows: Row[] = []
  let from = after
  for (let size = stretchRows.first; ; size = Math.min(size * stretchRows.growth, stretchRows.max)) {
    const until = await findBound(from, size)
    rows.push(...(await find({ after: from, until, take: limit + 1 - rows.length })))
    if (rows.length > limit || until === undefined) return { rows, searchedTo: undefined }
    if (performance.now() > endsAtMs) return { rows, searchedTo: until }
    from = until
  }
}
