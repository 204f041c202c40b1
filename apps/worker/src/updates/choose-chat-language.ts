import { isLanguage, languageNames, languages, speak } from '@tellwire/texts'
import { makeChatButton } from './chat-buttons.js'
import type { Said } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

const inRow = 3

/** Offers the languages that we speak. */
export async function askLanguage(scope: UpdateScope, said: Said): Promise<void> {
  const buttons = languages.map((language) => ({
    text: languageNames[language],
    data: makeChatButton(scope, said, { kind: 'lang', argument: language }),
  }))
  await reply(scope, said.place, {
    text: said.speaker.say('choose_language'),
    buttons: Array.from({ length: Math.ceil(buttons.length / inRow) }, (_, row) =>
      buttons.slice(row * inRow, (row + 1) * inRow),
    ),
  })
}

/** Speaks a language in a chat from now on, whatever a link or the person's app says. */
export async function setLanguage(scope: UpdateScope, { chat, place }: Said, language: string): Promise<void> {
  if (!isLanguage(language)) return
  const key = { botId: scope.botId, chatId: BigInt(chat.id) }
  await scope.db.chat.update({ where: { botId_chatId: key }, data: { language } })
  await reply(scope, place, { text: speak(language).say('language_set') })
}
