/** The kinds of buttons that the sandbox knows. */
export type InlineKeyboardButton =
  | { text: string; url: string }
  | { text: string; callback_data: string }
  | { text: string; copy_text: { text: string } }
  | { text: string; web_app: { url: string } }

export interface StoredKeyboard {
  inline_keyboard: InlineKeyboardButton[][]
}

/** In place of the letters of a phone; without rows: no longer. */
export interface ReplyKeyboard {
  rows: string[][]
  isOneTime: boolean
  placeholder: string | undefined
}
