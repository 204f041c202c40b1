/** A start link in a message, in the forms in which Telegram writes it, or the command that is in it. */
const link =
  /(?:t\.me\/\w+\?|tg:\/\/resolve\?(?:[^\s#]*&)?)start=([A-Za-z0-9_-]{1,64})|^\/?start[= ]([A-Za-z0-9_-]{1,64})$/i

/** Finds the token of a connect link that somebody has pasted instead of opening it. */
export function findStartToken(text: string): string | undefined {
  const [, inLink, inCommand] = link.exec(text.trim()) ?? []
  return inLink ?? inCommand
}
