import type { Sealer } from '../secrets/sealer.js'

const prefix = 'tw1.'
const signatureLength = 16
const purpose = 'button'

/** What a pressed button is about. */
export interface CallbackReference {
  deliveryId: string
  /** Which of its buttons, counted row by row. */
  index: number
  signature: string
}

/**
 * The 64 bytes that Telegram keeps with a button: a reference to a button of a delivery, signed
 * together with its action and value. Whatever the value's size, and whoever presses an old message: only
 * what was sent with this very button is believed.
 */
export function makeCallbackData(
  sealer: Sealer,
  deliveryId: string,
  button: { index: number; action: string; value: unknown },
): string {
  const id = Buffer.from(deliveryId.replaceAll('-', ''), 'hex').toString('base64url')
  const signature = sealer.derive(purpose, signed(deliveryId, button)).slice(0, signatureLength)
  return `${prefix}${id}.${button.index.toString(36)}.${signature}`
}

/** Undefined for what no button of ours carries. */
export function readCallbackData(data: string): CallbackReference | undefined {
  const [, id = '', index = '', signature = ''] = /^tw1\.([\w-]{22})\.([0-9a-z]{1,3})\.([\w-]{16})$/.exec(data) ?? []
  if (signature === '') return undefined
  const hex = Buffer.from(id, 'base64url').toString('hex')
  const deliveryId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { deliveryId, index: Number.parseInt(index, 36), signature }
}

export function isSignatureOf(
  sealer: Sealer,
  { deliveryId, index, signature }: CallbackReference,
  { action, value }: { action: string; value: unknown },
): boolean {
  return sealer.isDerived(purpose, signed(deliveryId, { index, action, value }), signature, signatureLength)
}

function signed(
  deliveryId: string,
  { index, action, value }: { index: number; action: string; value: unknown },
): string {
  return JSON.stringify([deliveryId, index, action, value ?? null])
}
