import { readWord } from '@tellwire/db'
import type { Rich } from './message.js'

const richDefaults = ['off', 'auto', 'on'] as const

/** How texts of a tenant go that do not say it themselves, as it is stored; undefined as text and entities. */
export function readRich(stored: string): Rich | undefined {
  const choice = readWord(richDefaults, stored)
  return choice === 'off' ? undefined : choice === 'on' ? true : 'auto'
}

/** The same as it is stored. */
export function writeRich(rich: Rich | false): (typeof richDefaults)[number] {
  if (rich === 'auto') return 'auto'
  return rich ? 'on' : 'off'
}
