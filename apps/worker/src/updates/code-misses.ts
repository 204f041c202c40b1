import type { UpdateScope } from './scope.js'

/** Wrong codes in a while, in one chat and to a whole bot: there are too many codes to find one in that. */
const missesMax = { inChat: 5, ofBot: 1_000 }
const windowMinutes = 10
/** The chat that stands for the whole bot. */
const wholeBot = 0n

/** Why no code is taken from a chat at the moment. */
export type CodeRefusal = { why: 'too_many_tries'; minutes: number } | { why: 'codes_paused' }

/** Finds whether too many wrong codes came, from the chat or from all. The right one is not looked at then either. */
export async function findCodeRefusal({ db, botId }: UpdateScope, chatId: number): Promise<CodeRefusal | undefined> {
  const misses = await db.$queryRaw<{ chat_id: bigint; count: number; minutes: number }[]>`
    SELECT chat_id, count, ceil(extract(epoch FROM window_start - now()) / 60 + ${windowMinutes})::int AS minutes
    FROM code_misses
    WHERE bot_id = ${botId}::uuid AND chat_id IN (${wholeBot}, ${BigInt(chatId)})
      AND window_start > now() - make_interval(mins => ${windowMinutes})`
  const inChat = misses.find((miss) => miss.chat_id !== wholeBot)
  if (inChat && inChat.count >= missesMax.inChat) return { why: 'too_many_tries', minutes: Math.max(1, inChat.minutes) }
  const ofBot = misses.find((miss) => miss.chat_id === wholeBot)
  return ofBot && ofBot.count >= missesMax.ofBot ? { why: 'codes_paused' } : undefined
}

export async function recordCodeMiss({ db, botId }: UpdateScope, chatId: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO code_misses AS m (bot_id, chat_id, count)
    VALUES (${botId}::uuid, ${BigInt(chatId)}, 1), (${botId}::uuid, ${wholeBot}, 1)
    ON CONFLICT (bot_id, chat_id) DO UPDATE SET
      count = CASE WHEN m.window_start > now() - make_interval(mins => ${windowMinutes}) THEN m.count + 1 ELSE 1 END,
      window_start = CASE
        WHEN m.window_start > now() - make_interval(mins => ${windowMinutes}) THEN m.window_start ELSE now()
      END`
}
