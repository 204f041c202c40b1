import { administratorsOf } from '../bot-api/chats.js'
import { previewOf } from '../bot-api/preview.js'
import type { Group, Person, StoredMessage } from '../state/types.js'
import type { Control } from './people-actions.js'

/** Shows a message as a test or the chat page sees it. */
export function showStored({ world }: Control, message: StoredMessage) {
  const { media, linkPreview } = message
  const file = media && world.files.get(media.fileId)
  return {
    message_id: message.messageId,
    date: message.date,
    text: message.text,
    entities: message.entities,
    blocks: message.rich?.blocks ?? null,
    buttons: message.replyMarkup?.inline_keyboard ?? [],
    keyboard: message.keyboard ?? null,
    forced_reply: message.forcedReply ? { placeholder: message.forcedReply.placeholder ?? null } : null,
    reactions: Object.values(message.reactions ?? {}).flat(),
    plain: message.plain ?? null,
    edited: message.editDate !== undefined,
    from_bot: message.fromBot,
    from_id: message.fromId,
    media: media
      ? {
          type: media.type,
          spoiler: media.hasSpoiler,
          file_id: media.fileId,
          name: file?.name ?? null,
          mime_type: file?.mimeType ?? null,
          size: file?.size ?? null,
          width: file?.width ?? null,
          height: file?.height ?? null,
          url: file?.url ?? (file && world.bytes.has(file.uniqueId) ? `/sandbox/v1/files/${file.fileId}` : null),
        }
      : null,
    media_group_id: message.mediaGroupId ?? null,
    reply_to: message.replyToMessageId ?? null,
    topic: message.topicId ?? null,
    forwarded_from: message.forwardedFrom?.chatId ?? null,
    silent: message.isSilent ?? false,
    protected: message.isProtected ?? false,
    effect: message.effectId ?? null,
    link_preview: linkPreview ?? null,
    preview: previewOf(message),
    caption_above: message.isCaptionAbove ?? false,
  }
}

/** Shows a person with the private chats. */
export function showPersonOf({ world }: Control, person: Person) {
  const dialogs = [...world.dialogs.values()].filter(({ personId }) => personId === person.id)
  return {
    id: person.id,
    first_name: person.firstName,
    language_code: person.languageCode ?? null,
    loses_payloads: person.losesPayloads ?? false,
    chats: dialogs.map(({ botId, isBlocked }) => ({
      bot: world.bots.get(botId)?.username ?? '',
      is_blocked: isBlocked,
    })),
  }
}

/** Shows a group or channel with who is in it. */
export function showGroupOf({ world }: Control, group: Group) {
  const { id, title, type, members, topics, migratedTo } = group
  return {
    id,
    title,
    type,
    members,
    administrators: administratorsOf(group),
    bots: group.bots.map((botId) => ({
      bot: world.bots.get(botId)?.username ?? '',
      status: group.rights?.[botId]?.status ?? 'member',
    })),
    topics: topics?.map((topic) => ({ id: topic.id, title: topic.title, is_closed: topic.isClosed })) ?? null,
    migrated_to: migratedTo ?? null,
  }
}
