import { readFileSync } from 'node:fs'

/** A place on the map: a question with its answers and where they lead to, or, without answers, an end. */
export interface Place {
  text: string
  choices?: [label: string, leadsTo: string][]
}

const places = JSON.parse(readFileSync(new URL('../map.json', import.meta.url), 'utf8')) as Record<string, Place>

/** @throws where the map has no such place. */
export function placeOf(name: string): Place {
  const place = places[name]
  if (!place) throw new Error(`the map has no "${name}"`)
  return place
}

// A map that leads nowhere is noticed at the start.
for (const { choices = [] } of Object.values(places)) for (const [, leadsTo] of choices) placeOf(leadsTo)
