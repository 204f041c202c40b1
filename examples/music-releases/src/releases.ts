import { createHash } from 'node:crypto'
import { ApiError, type Tellwire } from '@tellwire/sdk'
import { artistOf } from './artists.js'

export interface Release {
  artist: string
  title: string
  url: string
  /** Such as 2026-12-01. */
  date: string
}

/** At night nobody is woken. */
function isNight(now: Date): boolean {
  const hour = now.getHours()
  return hour >= 22 || hour < 8
}

/** Tells everybody who follows an artist; once, however often a release is announced. @returns how many there are. */
export async function announce(tellwire: Tellwire, release: Release, now: Date): Promise<number> {
  const { artist, title, url, date } = release
  const notification = {
    to: { topic: topicOf(artist) },
    text: `${plain(date)}: ${plain(artistOf(artist).name)} - [${plain(title)}](<${url}>)`,
    silent: isNight(now),
  }
  const idempotencyKey = createHash('sha256').update(JSON.stringify(release)).digest('hex')
  try {
    const { id } = await tellwire.notifications.send(notification, { idempotencyKey })
    const { counts } = await tellwire.notifications.waitUntilSettled(id)
    return counts['sent'] ?? 0
  } catch (error) {
    // Nobody has ever followed that artist.
    if (error instanceof ApiError && error.code === 'topic_unknown') return 0
    throw error
  }
}

/** Who follows an artist is kept by Tellwire. */
export function topicOf(artist: string): string {
  return `artist-${artist}`
}

/** So that nothing in it is Markdown. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+.!|<>~&-]/g, String.raw`\$&`)
}
