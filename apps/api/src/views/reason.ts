import Type from 'typebox'

/** The code of a failure, as a filter. */
export const Reason = Type.String({
  pattern: '^[a-z_]{1,64}$',
  'x-form': 'must be the code of a failure, such as recipient_blocked',
  description: 'Only failures with this code.',
  examples: ['recipient_blocked'],
})
