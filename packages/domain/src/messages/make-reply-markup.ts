import { sentAddress } from '../addresses/sent-address.js'
import type { Button, Keyboard, KeyboardButton, MessageOptions } from './message.js'

type CallbackDataOf = (index: number, action: string, value: unknown) => string

/** Buttons below the message, a keyboard in place of the letters, or the end of one. */
export function makeReplyMarkup(
  { buttons, keyboard, remove_keyboard: isRemoved, question, outcome }: MessageOptions,
  callbackDataOf: CallbackDataOf,
): Record<string, unknown> {
  if (buttons) return { reply_markup: { inline_keyboard: makeInlineKeyboard(buttons, callbackDataOf) } }
  if (keyboard) return { reply_markup: makeKeyboard(keyboard) }
  if (question?.free_text && outcome === undefined) return { reply_markup: askForReply(question.free_text) }
  return isRemoved ? { reply_markup: { remove_keyboard: true } } : {}
}

function makeInlineKeyboard(rows: Button[][], callbackDataOf: CallbackDataOf): object[][] {
  let index = 0
  return rows.map((row) => row.map((button) => makeButton(button, index++, callbackDataOf)))
}

function makeButton(button: Button, index: number, callbackDataOf: CallbackDataOf): object {
  const { text, style, icon } = button
  const shown = {
    text,
    ...(style === undefined ? {} : { style }),
    ...(icon === undefined ? {} : { icon_custom_emoji_id: icon }),
  }
  if ('url' in button) return { ...shown, url: sentAddress(button.url) }
  if ('copy' in button) return { ...shown, copy_text: { text: button.copy } }
  if ('web_app' in button) return { ...shown, web_app: { url: sentAddress(button.web_app) } }
  return { ...shown, callback_data: callbackDataOf(index, button.action, button.value) }
}

/** The app of the person opens an answer to the message. */
function askForReply({ placeholder }: { placeholder?: string }): object {
  return { force_reply: true, ...(placeholder === undefined ? {} : { input_field_placeholder: placeholder }) }
}

function makeKeyboard({ buttons, resize, one_time: isOneTime, persistent, placeholder }: Keyboard): object {
  return {
    keyboard: buttons.map((row) => row.map(makeKeyboardButton)),
    resize_keyboard: resize ?? true,
    ...(isOneTime ? { one_time_keyboard: true } : {}),
    ...(persistent ? { is_persistent: true } : {}),
    ...(placeholder === undefined ? {} : { input_field_placeholder: placeholder }),
  }
}

function makeKeyboardButton(button: KeyboardButton): object {
  return typeof button === 'string' ? { text: button } : button
}
