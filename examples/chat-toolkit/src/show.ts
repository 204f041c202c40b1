import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tellwire } from '@tellwire/sdk'
import { type Heard, textOf } from '@tellwire/sdk/conversations'

type Answer = Parameters<Tellwire['chats']['answer']>[1]
type Attachment = NonNullable<Answer['attachments']>[number]

const filesFolder = fileURLToPath(new URL('../files', import.meta.url))
const samples = ['photo.png', 'audio.mp3', 'document.txt', 'video.mp4', 'voice.ogg', 'sticker.webp']

export const help = `I echo what you write, and tell what you send.

/photo /audio /document /video /voice /sticker – get one, twice
/keyboard and /hide – keys in place of letters
/count – count the messages of this chat
/guess – guess a number
/support and a question – ask somebody`

/** Does what a classic bot shows: sends everything, and tells what it gets. */
export function showing(tellwire: Tellwire, downloads: string) {
  const say = (event: Heard, answer: Answer, name = 'show') =>
    tellwire.chats.answer(event.data.connection_id, answer, { idempotencyKey: `${name}-${event.id}` })

  async function sendSample(event: Heard, type: Attachment['type'], sample: string): Promise<void> {
    const content = new Blob([await readFile(join(filesFolder, sample))])
    const { id: file } = await tellwire.files.upload({ file: content, name: sample })
    // The second time Telegram is given the id that it gave the file the first time.
    for (const name of ['from disk', 'by its id']) {
      await say(event, { ...(type === 'sticker' ? {} : { text: name }), attachments: [{ type, file }] }, name)
    }
  }

  return async (event: Heard): Promise<void> => {
    if (event.type === 'button.pressed') return
    const { connection_id: chat, content_type: kind, chat_type: place, file, message_id: number } = event.data
    console.log(`${kind} in ${place} ${chat}`)
    if (event.type === 'command.received') {
      const { command } = event.data
      const sample = samples.find((name) => name.startsWith(`${command}.`))
      if (sample !== undefined) await sendSample(event, command as Attachment['type'], sample)
      else if (command === 'keyboard')
        await say(event, { text: 'Choose', keyboard: { buttons: [['Red', 'Green'], ['Blue']] } })
      else if (command === 'hide') await say(event, { text: 'Letters again', remove_keyboard: true })
      else if (!['guess', 'count', 'support'].includes(command)) await say(event, { text: help })
    } else if (kind === 'text') {
      await say(event, { text: textOf(event), format: 'plain' })
    } else {
      if (file) {
        const content = await tellwire.chats.getFile(file.id)
        await mkdir(downloads, { recursive: true })
        await writeFile(join(downloads, `${number}-${kind}`), new Uint8Array(await content.arrayBuffer()))
      }
      await say(event, { text: `A ${kind}, in a ${place} chat: \`${chat}\`` })
    }
  }
}
