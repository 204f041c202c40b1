/** Where the states of chats are kept. What is kept is JSON. A database of your own fits behind it. */
export interface StateStore<State> {
  load(key: string): Promise<State | undefined> | State | undefined
  save(key: string, state: State): unknown
  remove(key: string): unknown
  /** All that are kept. */
  list(): Promise<Iterable<[key: string, state: State]>> | Iterable<[key: string, state: State]>
}

/** Keeps states for as long as the program runs. */
export function memoryStore<State>(): StateStore<State> {
  const states = new Map<string, string>()
  const read = (text: string): State => JSON.parse(text) as State
  return {
    load(key) {
      const text = states.get(key)
      return text === undefined ? undefined : read(text)
    },
    save: (key, state) => states.set(key, JSON.stringify(state)),
    remove: (key) => states.delete(key),
    list: () => [...states].map(([key, text]): [string, State] => [key, read(text)]),
  }
}
