import Type from 'typebox'

const key = '[A-Za-z0-9+/]{43}='

/** The keys of an installation, 32 bytes in base64 each: the first one seals, the others open what was sealed before. */
export const SecretKey = Type.String({
  pattern: `^${key}([\\s,]+${key})*$`,
  'x-form':
    'must be 32 bytes in base64, or several such keys with commas between: make one with `openssl rand -base64 32`',
})
