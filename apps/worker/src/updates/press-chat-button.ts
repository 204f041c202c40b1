import type { CallbackQuery } from '@tellwire/telegram'
import { chooseLanguage, speak } from '@tellwire/texts'
import { type ChatButton, chatButtonKinds, readChatButton } from './chat-buttons.js'
import { setLanguage } from './choose-chat-language.js'
import { connectChat, readAnswer } from './connect-chat.js'
import { manageApp } from './manage-apps.js'
import type { Said } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'
import { stopChat } from './stop-chat.js'
import { passOn } from './tell-tenants.js'

/** What a kind of button does. @returns what to tell the person who pressed; undefined where the answer says it. */
type Press = (
  scope: UpdateScope,
  said: Said,
  argument: string,
  /** The message of ours that has the button. */
  message: CallbackQuery['message'],
) => Promise<string | undefined>

const presses: Readonly<Record<ChatButton['kind'], Press>> = {
  link: async (scope, said, argument) => {
    const { answer, code, channelId } = readAnswer(argument)
    if (channelId === undefined) {
      await connectChat(scope, said, { code }, answer)
      return undefined
    }
    if (!scope.isAdministrator(channelId, said.from?.id ?? 0)) return said.speaker.say('not_administrator')
    await connectChat(scope, { ...said, chat: await readChannel(scope, channelId) }, { code }, answer)
    return undefined
  },
  stop: async (scope, said, argument) => {
    if (argument === 'yes') await stopChat(scope, said)
    else await reply(scope, said.place, { text: said.speaker.say('stop_kept') })
    return undefined
  },
  lang: async (scope, said, argument) => {
    await setLanguage(scope, said, argument)
    return undefined
  },
  apps: manageApp,
  whom: (scope, said, packed, message) => {
    const answered = message && 'reply_to_message' in message ? message.reply_to_message : undefined
    return passOn(scope, said, { packed, message: answered })
  },
}

/**
 * Does what a button under an answer of ours says; what it leads to takes the place of that answer. A press may come
 * without its message: in a private chat that is the person's.
 * @returns what to tell the person who pressed; undefined for nothing, or where it is no such button.
 */
export async function pressChatButton(
  scope: UpdateScope,
  { data, message, from }: CallbackQuery,
): Promise<string | undefined> {
  const chatId = message?.chat.id ?? from.id
  const button = data === undefined ? undefined : readChatButton(scope, chatId, data)
  const kind = chatButtonKinds.find((each) => each === button?.kind)
  if (!button || !kind) return undefined
  const known = await scope.db.chat.findUnique({
    where: { botId_chatId: { botId: scope.botId, chatId: BigInt(chatId) } },
  })
  const chosenLanguage = known?.language ?? null
  const speaker = speak(chooseLanguage(chosenLanguage, from.language_code))
  const chat = message?.chat ?? ({ id: from.id, type: 'private', first_name: from.first_name } as const)
  const isTheirs =
    button.ownerId === undefined
      ? chat.type === 'private' || scope.isAdministrator(chatId, from.id)
      : button.ownerId === from.id
  if (!isTheirs) return speaker.say('not_yours')
  return presses[kind](
    scope,
    {
      chat,
      from,
      senderChat: undefined,
      place: { chatId, editsMessageId: message?.message_id, forumTopic: forumTopicOf(message) },
      speaker,
      chosenLanguage,
    },
    button.argument,
    message,
  )
}

/** A channel that an administrator of it has shown to the bot. */
async function readChannel({ db, botId }: UpdateScope, id: number): Promise<Said['chat']> {
  const { title } = await db.chat.findUniqueOrThrow({ where: { botId_chatId: { botId, chatId: BigInt(id) } } })
  return { id, type: 'channel', title: title ?? '' }
}

/** An old message comes without what was said of its place. */
function forumTopicOf(message: CallbackQuery['message']): number | undefined {
  return message && 'is_topic_message' in message && message.is_topic_message ? message.message_thread_id : undefined
}
