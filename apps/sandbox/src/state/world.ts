import { randomBytes, randomInt } from 'node:crypto'
import { type FileBytes, MemoryBytes } from './file-bytes.js'
import type {
  Dialog,
  Draft,
  Fault,
  Group,
  Limits,
  LoggedRequest,
  Person,
  SandboxBot,
  StoredFile,
  StoredMessage,
} from './types.js'

const requestsKept = 100_000
const draftShownMs = 30_000
export const defaultLimits: Limits = {
  enabled: true,
  bot_per_second: 30,
  chat_per_second: 1,
  group_per_minute: 20,
  press_seconds: 15,
}

/** The state that is written to disk, so that a restart goes on where it stopped. */
export interface Snapshot {
  bots: SandboxBot[]
  people: Person[]
  groups: Group[]
  dialogs: Dialog[]
  messages: [string, StoredMessage[]][]
  files?: StoredFile[]
  requests: LoggedRequest[]
  limits: Limits
  nextSeq: number
}

/** Everything the sandbox knows: bots, people, groups and what they wrote. */
export class World {
  readonly bots = new Map<number, SandboxBot>()
  readonly people = new Map<number, Person>()
  readonly groups = new Map<number, Group>()
  readonly dialogs = new Map<string, Dialog>()
  readonly messages = new Map<string, StoredMessage[]>()
  readonly #drafts = new Map<string, Draft>()
  readonly files = new Map<string, StoredFile>()
  bytes: FileBytes = new MemoryBytes()
  requests: LoggedRequest[] = []
  faults: Fault[] = []
  limits: Limits = { ...defaultLimits }
  /** Called after every change that should survive a restart. */
  onChange: () => void = () => undefined
  #nextSeq = 1

  constructor(snapshot?: Snapshot) {
    if (!snapshot) return
    for (const bot of snapshot.bots) this.bots.set(bot.id, bot)
    for (const person of snapshot.people) this.people.set(person.id, person)
    for (const group of snapshot.groups) this.groups.set(group.id, group)
    for (const dialog of snapshot.dialogs) this.dialogs.set(dialogKey(dialog.botId, dialog.personId), dialog)
    for (const [key, messages] of snapshot.messages) this.messages.set(key, messages)
    for (const file of snapshot.files ?? []) this.files.set(file.fileId, file)
    this.requests = snapshot.requests
    this.limits = { ...defaultLimits, ...snapshot.limits }
    this.#nextSeq = snapshot.nextSeq
  }

  snapshot(): Snapshot {
    return {
      bots: [...this.bots.values()],
      people: [...this.people.values()],
      groups: [...this.groups.values()],
      dialogs: [...this.dialogs.values()],
      messages: [...this.messages.entries()],
      files: [...this.files.values()],
      requests: this.requests,
      limits: this.limits,
      nextSeq: this.#nextSeq,
    }
  }

  createBot(input: { username: string; firstName: string }): SandboxBot {
    const id = this.#freeId(this.bots, 7_000_000_000, 7_999_999_999)
    const bot: SandboxBot = {
      id,
      ...input,
      token: newToken(id),
      updates: [],
      nextUpdateId: randomInt(100_000_000, 900_000_000),
      nextMessageId: 1,
      allowedUpdates: undefined,
      webhook: undefined,
      commands: [],
    }
    this.bots.set(id, bot)
    this.onChange()
    return bot
  }

  /** Gives a bot another token. The one before is refused from now on. */
  renewToken(bot: SandboxBot): void {
    bot.token = newToken(bot.id)
    this.onChange()
  }

  /** Telegram's name for a file that it has taken. */
  createFile(file: Omit<StoredFile, 'fileId' | 'uniqueId'>, bytes: Buffer | undefined): StoredFile {
    const stored = {
      ...file,
      fileId: `AgAC${randomBytes(36).toString('base64url')}`,
      uniqueId: randomBytes(9).toString('base64url'),
    }
    this.files.set(stored.fileId, stored)
    if (bytes) this.bytes.put(stored.uniqueId, bytes)
    this.onChange()
    return stored
  }

  createPerson(input: Omit<Person, 'id'>): Person {
    const person = { id: this.#freeId(this.people, 100_000_000, 999_999_999), ...input }
    this.people.set(person.id, person)
    this.onChange()
    return person
  }

  createGroup(input: Pick<Group, 'title' | 'type' | 'members'>): Group {
    const number = this.#freeId(this.groups, 1_000_000_000, 1_999_999_999)
    const id = input.type === 'group' ? -number : -1_000_000_000_000 - number
    const group: Group = { id, ...input, bots: [], formerBots: [], nextMessageId: 1 }
    this.groups.set(id, group)
    this.onChange()
    return group
  }

  botByUsername(username: string): SandboxBot | undefined {
    const wanted = username.replace(/^@/, '').toLowerCase()
    return [...this.bots.values()].find((bot) => bot.username.toLowerCase() === wanted)
  }

  botByToken(token: string): SandboxBot | undefined {
    const bot = this.bots.get(Number(token.split(':')[0]))
    return bot?.token === token ? bot : undefined
  }

  dialog(botId: number, personId: number): Dialog | undefined {
    return this.dialogs.get(dialogKey(botId, personId))
  }

  openDialog(botId: number, personId: number): Dialog {
    const dialog = this.dialog(botId, personId) ?? { botId, personId, isBlocked: false }
    this.dialogs.set(dialogKey(botId, personId), dialog)
    return dialog
  }

  /** A chat's messages, oldest first. A private chat is one of a person with one bot. */
  messagesOf(botId: number, chatId: number): StoredMessage[] {
    const key = chatId > 0 ? dialogKey(botId, chatId) : String(chatId)
    const messages = this.messages.get(key) ?? []
    this.messages.set(key, messages)
    return messages
  }

  showDraft(botId: number, personId: number, draft: Draft): void {
    this.#drafts.set(dialogKey(botId, personId), draft)
  }

  /** A message of the bot takes the place of the draft. */
  endDraft(botId: number, personId: number): void {
    this.#drafts.delete(dialogKey(botId, personId))
  }

  draftOf(botId: number, personId: number): Draft | undefined {
    const draft = this.#drafts.get(dialogKey(botId, personId))
    return draft && Date.now() - draft.atMs < draftShownMs ? draft : undefined
  }

  /** Numbers grow by bot in private chats, and by chat in groups. */
  nextMessageId(bot: SandboxBot, chatId: number): number {
    const group = this.groups.get(chatId)
    return group ? group.nextMessageId++ : bot.nextMessageId++
  }

  logRequest(request: Omit<LoggedRequest, 'seq'>): void {
    this.requests.push({ seq: this.#nextSeq++, ...request })
    if (this.requests.length > requestsKept * 1.1) this.requests = this.requests.slice(-requestsKept)
    this.onChange()
  }

  #freeId(taken: Map<number, unknown>, from: number, to: number): number {
    const id = randomInt(from, to)
    return taken.has(id) || taken.has(-id) ? this.#freeId(taken, from, to) : id
  }
}

function newToken(botId: number): string {
  return `${botId}:${randomBytes(26).toString('base64url').slice(0, 35)}`
}

function dialogKey(botId: number, personId: number): string {
  return `${botId}:${personId}`
}
