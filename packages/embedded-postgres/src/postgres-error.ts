/** What the person who started us can do something about; the message is one sentence or two. */
export class PostgresError extends Error {
  override name = 'PostgresError'
}
