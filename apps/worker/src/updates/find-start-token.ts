/** A start link in a message, in the forms in which Telegram writes it, the page that shows one, or the command that is in it. */
const link =
  /(?:t\.me\/\w+\?|tg:\/\/resolve\?)(?:[^\s#]*&)?start(?:group)?=([A-Za-z0-9_-]{1,64})|\/c\/([A-Za-z0-9]{32})(?![A-Za-z0-9])|^\/?start[= ]([A-Za-z0-9_-]{1,64})$/i

/** Finds the token of a connect link that somebody has pasted instead of opening it. */
export function findStartToken(text: string): string | undefined {
  return link
    .exec(text.trim())
    ?.slice(1)
    .find((token) => token !== undefined)
}
