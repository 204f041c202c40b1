import { Check } from 'typebox/value'
import { UserId } from '../../http/schemas.js'

export function isUserId(text: string): boolean {
  return Check(UserId, text)
}
