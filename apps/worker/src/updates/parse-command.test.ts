import { expect, test } from 'vitest'
import { parseCommand } from './parse-command.js'

test.each([
  ['/start', { name: 'start', bot: undefined, argument: '' }],
  ['/start abc', { name: 'start', bot: undefined, argument: 'abc' }],
  ['/START@My_bot  abc ', { name: 'start', bot: 'My_bot', argument: 'abc' }],
  ['/stop', { name: 'stop', bot: undefined, argument: '' }],
])('reads %s', (text, expected) => {
  expect(parseCommand(text)).toEqual(expected)
})

test.each(['', 'start', 'hello /start', '/', '/sta-rt', '//start'])('finds no command in "%s"', (text) => {
  expect(parseCommand(text)).toBeUndefined()
})
