/** Keeps waiting items in a line for each owner. The owners are served in turn, so that a long line holds up only its own. */
export interface FairQueue<Item> {
  readonly size: number
  /** How many items of the owner wait. */
  sizeOf(owner: string): number
  add(owner: string, item: Item): void
  /** Looks at the item whose turn it is. */
  peek(): Item | undefined
  /** Takes the item whose turn it is; the turn passes to the next owner. */
  take(): Item | undefined
}

export function createFairQueue<Item>(): FairQueue<Item> {
  /** In the order of their turns; a map keeps the order in which its keys were added. */
  const lines = new Map<string, Item[]>()
  let size = 0

  return {
    get size() {
      return size
    },
    sizeOf: (owner) => lines.get(owner)?.length ?? 0,
    add(owner, item) {
      const line = lines.get(owner)
      if (line) line.push(item)
      else lines.set(owner, [item])
      size++
    },
    peek() {
      const [line] = lines.values()
      return line?.[0]
    },
    take() {
      const [first] = lines
      if (!first) return undefined
      const [owner, line] = first
      const item = line.shift()
      size--
      // At the end of the map: the others come first now.
      lines.delete(owner)
      if (line.length > 0) lines.set(owner, line)
      return item
    },
  }
}
