import { defineStatement, type Executor, run } from '../sql.js'

/** Telegram shows that somebody is typing for five seconds. */
const shownFor = "interval '4 seconds'"
/** What a bot may send is for messages. */
const betweenTwoOfBot = "interval '200 milliseconds'"

const take = defineStatement(
  'take-typing',
  `
WITH typed AS (
  UPDATE chats SET typing_at = now()
  WHERE bot_id = $1::uuid AND chat_id = $2::bigint AND coalesce(typing_at < now() - ${shownFor}, true)
  RETURNING 1
)
UPDATE lanes SET typing_at = now()
WHERE bot_id = $1::uuid AND EXISTS (SELECT FROM typed) AND coalesce(typing_at < now() - ${betweenTwoOfBot}, true)
RETURNING 1`,
)

/** Tells whether a chat may be shown now that somebody is typing. */
export async function takeTyping(on: Executor, { botId, chatId }: { botId: string; chatId: bigint }): Promise<boolean> {
  return (await run(on, take, [botId, chatId])).length === 1
}
