import { expect } from 'vitest'
import { type Sandbox, test } from '../../test/fixtures.js'

/** A group with a member and a bot that administrates it. */
async function newGroup(sandbox: Sandbox, more: object = {}) {
  const bot = await sandbox.newBot()
  const { id: person } = (await sandbox.control('POST', '/people', { first_name: 'Ada' })).body
  const { id } = (await sandbox.control('POST', '/groups', { title: 'Crew', members: [person], ...more })).body
  await sandbox.control('POST', `/groups/${id}/bots`, { bot: bot.username, person })
  await sandbox.control('PUT', `/groups/${id}/bots`, { bot: bot.username, person, status: 'administrator' })
  const allowed = { offset: -1, allowed_updates: ['message', 'message_reaction', 'message_reaction_count'] }
  const newest = async (): Promise<object> => (await sandbox.api(bot.token, 'getUpdates', allowed)).body.result.at(-1)
  return { id, bot, person, newest }
}

test('what is written in a topic answers the message that made the topic', async ({ sandbox }) => {
  const { id, person, newest } = await newGroup(sandbox, { is_forum: true })
  const { id: topic } = (await sandbox.control('POST', `/groups/${id}/topics`, { title: 'Plans' })).body
  await sandbox.control('POST', `/people/${person}/say`, { chat_id: id, topic, text: 'Hello' })

  expect(await newest()).toMatchObject({
    message: {
      text: 'Hello',
      reply_to_message: { message_id: topic, forum_topic_created: { name: 'Plans' } },
    },
  })
})

test('who reacts in a channel is told to nobody, only how many', async ({ sandbox }) => {
  const { id, bot, person, newest } = await newGroup(sandbox, { type: 'channel' })
  const sent = await sandbox.api(bot.token, 'sendMessage', { chat_id: id, text: 'News' })
  await newest()
  const place = { chat_id: id, message_id: sent.body.result.message_id }
  await sandbox.control('POST', `/people/${person}/react`, { ...place, reactions: ['👍'] })

  expect(await newest()).toMatchObject({ message_reaction_count: { reactions: [{ total_count: 1 }] } })
})

test('nobody acts in a group from outside, or in one that became a supergroup', async ({ sandbox }) => {
  const { id, bot, person } = await newGroup(sandbox)
  const markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  const sent = await sandbox.api(bot.token, 'sendMessage', { chat_id: id, text: 'Well?', reply_markup: markup })
  const stranger = (await sandbox.control('POST', '/people', { first_name: 'Eve' })).body.id
  const press = { chat_id: id, message_id: sent.body.result.message_id, row: 0, column: 0 }

  expect((await sandbox.control('POST', `/people/${stranger}/press`, press)).status).toBe(403)
  expect((await sandbox.control('POST', `/people/${person}/press`, press)).status).toBe(200)
  await sandbox.control('POST', `/groups/${id}/upgrade`)
  expect((await sandbox.control('POST', `/people/${person}/say`, { chat_id: id, text: 'x' })).status).toBe(409)
})
