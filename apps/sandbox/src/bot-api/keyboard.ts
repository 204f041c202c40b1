/** The kinds of buttons that the sandbox knows. */
export type InlineKeyboardButton = { text: string; url: string } | { text: string; callback_data: string }

export interface StoredKeyboard {
  inline_keyboard: InlineKeyboardButton[][]
}
