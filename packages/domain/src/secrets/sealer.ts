import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { createKeyring } from './keyring.js'
import { readSecretKeys } from './read-secret-keys.js'

/** Where a secret is stored. What was sealed for one place opens in no other. */
export interface SealedPlace {
  /** Null for what belongs to the whole service. */
  tenantId: string | null
  table: string
  row: string
  field: string
  /** What it was sealed for before places were named; undefined for what did not exist then. */
  formerly?: string
}

/**
 * Keeps secrets in the database unreadable without the installation's key, and makes what nobody else can make.
 *
 * Secrets are sealed with the first of the installation's keys and open with any of them. What is derived is derived from a
 * *lasting* key, which is stored sealed: buttons in chats, the audit's chain and the ids of files outlive the key of the
 * installation under which they were made.
 */
export interface Sealer {
  /** AES-256-GCM, with the id of the key in front. */
  seal(place: SealedPlace, plaintext: string): Buffer
  /** @throws {Error} when the key or the place is another, or the bytes were changed. */
  unseal(place: SealedPlace, sealed: Uint8Array): string
  /** The bytes with which all begins that is sealed with the first key: the rest can be sealed anew. */
  readonly mark: Buffer
  /** Makes a text that only this installation can read, and that others keep: in base64url. */
  wrap(purpose: string, plaintext: string): string
  /** @throws {Error} for what is no such text. */
  unwrap(purpose: string, wrapped: string): string
  /** A secret that follows from the lasting key and the input: 43 characters of `A-Za-z0-9_-`. */
  derive(purpose: string, input: string): string
  /** The same from each of the lasting keys, for what was stored under one before: the present one comes first. */
  deriveAll(purpose: string, input: string): string[]
  /**
   * Whether a text is what is derived, from any of the lasting keys, or the beginning of it.
   * @param lengthMin of the text, in characters.
   */
  isDerived(purpose: string, input: string, given: string, lengthMin?: number): boolean
  /** The same from the keys of the configuration alone: what others were told once, and what a lost key must not prove. */
  isDerivedNow(purpose: string, input: string, given: string): boolean
}

const derivedLength = 43

/**
 * @param secretKeys one key or several, each 32 bytes in base64: see `readSecretKeys`.
 * @param stored the lasting keys of the database: see `openSealer`.
 * @throws {SecretKeyError}
 */
export function createSealer(secretKeys: string, stored: readonly Buffer[] = []): Sealer {
  const masters = readSecretKeys(secretKeys)
  const secrets = createKeyring(masters.map((master) => deriveKey(master, 'tellwire seal')))
  const present = masters.map(lastingKeyOf)
  const lasting = [...present, ...stored.filter((key) => !present.some((each) => each.equals(key)))]
  const texts = createKeyring(lasting.map((key) => deriveKey(key, 'tellwire text')))

  return {
    mark: secrets.mark,
    seal: (place, plaintext) => secrets.seal(nameOf(place), plaintext),
    unseal: (place, sealed) => secrets.open(nameOf(place), sealed, place.formerly),
    wrap: (purpose, plaintext) => texts.seal(purpose, plaintext).toString('base64url'),
    unwrap(purpose, wrapped) {
      const bytes = Buffer.from(wrapped, 'base64url')
      // Before there were lasting keys, they were sealed like secrets.
      return bytes[0] === texts.mark[0] ? texts.open(purpose, bytes) : secrets.open(purpose, bytes, purpose)
    },
    derive: (purpose, input) => hmac(lasting[0], purpose, input),
    deriveAll: (purpose, input) => lasting.map((key) => hmac(key, purpose, input)),
    isDerived: (purpose, input, given, lengthMin = derivedLength) =>
      given.length >= lengthMin && lasting.some((key) => isBeginning(given, hmac(key, purpose, input))),
    isDerivedNow: (purpose, input, given) =>
      given.length === derivedLength && present.some((key) => isBeginning(given, hmac(key, purpose, input))),
  }
}

/** The lasting key that an installation has because of one of its keys. */
export function lastingKeyOf(master: Buffer): Buffer {
  return deriveKey(master, 'tellwire derive')
}

function nameOf({ tenantId, table, row, field }: SealedPlace): string {
  return JSON.stringify([tenantId, table, row, field])
}

function hmac(key: Buffer | undefined, purpose: string, input: string): string {
  if (!key) throw new Error('there is no key')
  return createHmac('sha256', key).update(`${purpose}\0${input}`).digest('base64url')
}

/** Takes as long for a wrong text as for the right one. */
function isBeginning(given: string, derived: string): boolean {
  const expected = Buffer.from(derived.slice(0, given.length))
  const bytes = Buffer.from(given)
  return bytes.length === expected.length && timingSafeEqual(bytes, expected)
}

function deriveKey(master: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', info, 32))
}
