export const buttonStyles = ['primary', 'success', 'danger'] as const
export type ButtonStyle = (typeof buttonStyles)[number]

export type InlineKeyboardButton = { text: string; style?: ButtonStyle; icon_custom_emoji_id?: string } & (
  | { url: string }
  | { callback_data: string }
  | { copy_text: { text: string } }
  | { web_app: { url: string } }
)

export interface StoredKeyboard {
  inline_keyboard: InlineKeyboardButton[][]
}

/** A key sends its text, or the person's contact or place, once the person agrees. */
export interface ReplyKey {
  text: string
  asksFor?: 'contact' | 'location'
}

/** In place of the letters of a phone; without rows: no longer. */
export interface ReplyKeyboard {
  rows: ReplyKey[][]
  isOneTime: boolean
  placeholder: string | undefined
}

/** An answer that the app opens as if the person had chosen to reply. */
export interface ForcedReply {
  placeholder: string | undefined
}
