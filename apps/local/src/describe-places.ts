import type { Facts } from './facts.js'

/** Where things are, and lines to paste. */
export function describePlaces(facts: Facts, folder: string, personId: number | undefined): string[] {
  const { api, docs, sandbox, api_key: key, admin_key: adminKey, bot } = facts
  const post = (path: string, body: object): string[] => [
    `  curl -sS ${api}${path} -H 'Authorization: Bearer ${key}' \\`,
    `    -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ]
  const chatPage =
    sandbox === null
      ? []
      : [`  Chat page   ${sandbox}/${personId === undefined ? '' : `?person=${personId}&bot=${bot.username}`}`]
  return [
    '',
    'Tellwire is running.',
    `  API         ${api}`,
    `  API docs    ${docs}`,
    ...chatPage,
    `  Bot         @${bot.username}`,
    `  API key     ${key}`,
    `  Admin key   ${adminKey}`,
    `  Data, logs  ${folder}`,
    '',
    `Connect someone: open the url of the answer ${sandbox === null ? 'in Telegram' : 'in the chat page'}.`,
    ...post('/v1/connect-links', { user_id: sandbox === null ? 'ada' : 'grace' }),
    '',
    'Send a notification:',
    ...post('/v1/notifications', { to: { user_id: 'ada' }, text: '**Hello** from `curl`' }),
    '',
    'Ctrl-C stops everything.',
  ]
}
