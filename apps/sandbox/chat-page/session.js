// What the page shows, and how it does things: over the sandbox's control API, one after the other.
const api = '/sandbox/v1'

const query = new URLSearchParams(location.search)
export const state = {
  personId: Number(query.get('person')) || undefined,
  bot: query.get('bot') || undefined,
  /** The group or channel that is shown instead of the chat with a bot, and the topic in it. */
  groupId: Number(query.get('group')) || undefined,
  topic: undefined,
  /** The message that is answered, and the one that a bot wants to be answered and that was shown as such. */
  replyTo: undefined,
  asked: undefined,
  /** Whether the end of the chat is shown next, as something was sent. */
  isAtEnd: false,
  /** A start link that was opened and whose Start button was not pressed yet. */
  pendingLink: undefined,
  people: [],
  groups: [],
  shown: '',
}

export const element = (id) => document.getElementById(id)

export async function call(method, path, body) {
  const response = await fetch(api + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`)
  return answer
}

export const shownGroup = () => state.groups.find(({ id }) => id === state.groupId)

/** @param isFailure whether something could not be done; otherwise it is what a bot says. */
export function notice(text, isFailure = false) {
  element('notice').textContent = text ?? ''
  element('notice').className = isFailure ? 'failure' : ''
  element('notice').setAttribute('role', isFailure ? 'alert' : 'status')
  element('notice').hidden = !text
}

/** Shows everything anew. */
export const listeners = { refresh: async () => undefined }

let lastAction = Promise.resolve()

/** Runs actions one after the other, so that each sees what the one before it did; shows a failure to the person. */
export function guarded(action) {
  const run = async (args) => {
    notice()
    try {
      await action(...args)
    } catch (error) {
      notice(error.message, true)
    }
    await listeners.refresh()
  }
  return (...args) => {
    lastAction = lastAction.then(() => run(args))
    return lastAction
  }
}

/** Where what is said or pressed goes. */
export const place = () => (state.groupId ? { chat_id: state.groupId } : { bot: state.bot })

export function choose(personId, bot, groupId) {
  Object.assign(state, {
    personId,
    bot,
    groupId,
    topic: undefined,
    replyTo: undefined,
    asked: undefined,
    pendingLink: undefined,
    shown: '',
  })
  history.replaceState(
    null,
    '',
    `?${new URLSearchParams({ ...(personId ? { person: personId } : {}), ...(bot ? { bot } : {}), ...(groupId ? { group: groupId } : {}) })}`,
  )
}
