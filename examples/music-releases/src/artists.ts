import { readFileSync } from 'node:fs'

export interface Artist {
  id: string
  name: string
}

export const artists = JSON.parse(readFileSync(new URL('../artists.json', import.meta.url), 'utf8')) as Artist[]

/** @throws where there is none. */
export function artistOf(id: string): Artist {
  const artist = artists.find((each) => each.id === id)
  if (!artist) throw new Error(`there is no artist "${id}"`)
  return artist
}
