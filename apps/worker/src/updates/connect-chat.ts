import {
  codeOfToken,
  type ConnectLink,
  type LinkKey,
  type LinkUse,
  type OpenedLink,
  useConnectLink,
} from '@tellwire/domain'
import { readObject } from '@tellwire/db'
import { chooseLanguage, type Overrides, speak, type Speaker } from '@tellwire/texts'
import type { ReplyButton } from '../compose/reply-body.js'
import { makeChatButton } from './chat-buttons.js'
import { findCodeRefusal, recordCodeMiss } from './code-misses.js'
import { type Said, speaksForChat } from './place.js'
import { type Reply, reply } from './reply.js'
import type { UpdateScope } from './scope.js'

/** Connects the chat in which a token or a code was sent, and answers the person whatever became of it. */
export async function connectChat(
  scope: UpdateScope,
  said: Said,
  key: LinkKey,
  answer?: OpenedLink['answer'],
): Promise<void> {
  await reply(scope, said.place, (await useKey(scope, said, key, answer)).toSay)
}

/** Connects the chat in which a token or a code was sent. @returns what became of it, and what to say. */
export async function useKey(
  scope: UpdateScope,
  said: Said,
  key: LinkKey,
  answer?: OpenedLink['answer'],
): Promise<{ use: LinkUse; toSay: Reply }> {
  const { chat, from, place } = said
  const isGuess = 'code' in key && answer === undefined
  const refusal = isGuess ? await findCodeRefusal(scope, chat.id) : undefined
  if (refusal) {
    const { say } = said.speaker
    const text = refusal.why === 'too_many_tries' ? say('too_many_tries', refusal) : say('codes_paused')
    return { use: 'unknown', toSay: { text } }
  }
  const { use, link } = await useConnectLink(scope, {
    botId: scope.botId,
    chat,
    from,
    key,
    forumTopic: place.forumTopic,
    ...(answer === undefined ? {} : { answer }),
    speaksForChat: () => speaksForChat(said) || scope.isAdministrator(chat.id, from?.id ?? 0),
  })
  if (use === 'unknown' && isGuess) await recordCodeMiss(scope, chat.id)
  return { use, toSay: await answerTo(scope, said, { use, link, key }) }
}

interface Used {
  use: LinkUse
  link: ConnectLink | null
  key: LinkKey
}

/** Of another bot's link nothing is told, not even whose it is. */
async function answerTo(scope: UpdateScope, said: Said, { use, link, key }: Used): Promise<Reply> {
  if (use === 'foreign') return { text: said.speaker.say('other_bot') }
  if (!link || use === 'unknown') {
    return { text: said.speaker.say('code' in key ? 'unknown_code' : 'unknown_link') }
  }
  const { tenantId } = link
  const { name, texts } = await scope.db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { name: true, texts: true },
  })
  // They were checked when they were set.
  const overrides = readObject(texts) as Overrides
  const language = chooseLanguage(said.chosenLanguage, link.locale, said.speaker.language)
  const buttons = buttonsOf(scope, said, { use, link, key }, speak(language))
  return { text: toText(speak(language, overrides), use, link, name), tenantId, ...(buttons ? { buttons } : {}) }
}

function toText({ say }: Speaker, use: LinkUse, { accountLabel, chat, confirm }: ConnectLink, tenant: string): string {
  switch (use) {
    case 'connected':
      return accountLabel === null
        ? say('welcome', { tenant })
        : say('welcome_account', { tenant, account: accountLabel })
    case 'already_connected':
      return say('already_connected', { tenant })
    case 'to_confirm': {
      const question =
        accountLabel === null
          ? say('confirm_ask', { tenant })
          : say('confirm_ask_account', { tenant, account: accountLabel })
      return confirm === 'number' ? `${question}\n\n${say('pick_number', { tenant })}` : question
    }
    case 'declined':
      return say('confirm_declined')
    case 'wrong_number':
      return say('wrong_number', { tenant })
    case 'used':
      return say('used', { tenant })
    case 'expired':
      return say('expired', { tenant })
    case 'wrong_chat':
      return say(wrongChat[chat] ?? 'wrong_chat_private', { tenant })
    case 'not_administrator':
      return say('not_administrator')
    case 'taken':
      return say('taken', { tenant })
    case 'foreign':
    case 'unknown':
      return say('unknown_link')
  }
}

const wrongChat: Record<string, 'wrong_chat_private' | 'wrong_chat_group' | 'wrong_chat_channel'> = {
  private: 'wrong_chat_private',
  group: 'wrong_chat_group',
  channel: 'wrong_chat_channel',
}

/** After these another link is needed, and a tenant that said where its page is can show one. */
const endsWithoutLink: readonly LinkUse[] = ['used', 'expired', 'wrong_number']

function buttonsOf(
  scope: UpdateScope,
  said: Said,
  { use, link, key }: Used,
  { say }: Speaker,
): ReplyButton[][] | undefined {
  if (endsWithoutLink.includes(use) && typeof link?.redirectUrl === 'string') {
    return [[{ text: say('new_link'), url: link.redirectUrl }]]
  }
  if (use !== 'to_confirm' || !link) return undefined
  const code = 'code' in key ? key.code : codeOfToken(key.token)
  const button = (text: string, answer: string): ReplyButton => ({
    text,
    data: makeChatButton(scope, said, { kind: 'link', argument: writeAnswer(said, answer, code) }),
  })
  const no = button(say('confirm_no'), 'no')
  if (link.confirm === 'tap') return [[button(say('confirm_yes'), 'yes'), no]]
  return [link.numbers.map((number) => button(String(number), String(number))), [no]]
}

/** `<answer>.<code>`, and of a channel that is asked for elsewhere `.<its id>`. */
function writeAnswer({ chat, place }: Said, answer: string, code: string): string {
  const channel = chat.id === place.chatId ? '' : `.${(-chat.id).toString(36)}`
  return `${answer}.${code}${channel}`
}

/** Reads what a button under the question says whether the chat, or a channel that is shown there, is to be connected. */
export function readAnswer(argument: string): { answer: 'yes' | 'no' | number; code: string; channelId?: number } {
  const [answer = '', code = '', channel] = argument.split('.')
  return {
    answer: answer === 'yes' || answer === 'no' ? answer : Number(answer),
    code,
    ...(channel === undefined ? {} : { channelId: -Number.parseInt(channel, 36) }),
  }
}
