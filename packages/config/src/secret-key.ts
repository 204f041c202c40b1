import Type from 'typebox'

/** The key of an installation: 32 bytes in base64. */
export const SecretKey = Type.String({
  pattern: '^[A-Za-z0-9+/]{43}=$',
  'x-form': 'must be 32 bytes in base64: make one with `openssl rand -base64 32`',
})
