import { createHash, randomBytes } from 'node:crypto'
import type { Sealer } from '../secrets/sealer.js'

/** The part of an entry that speaks of persons, and of the change: it may be taken out later. */
export interface AuditDetails {
  /** The key's or the person's, or the name of the part of the service. */
  actor_id: string
  /** As it is shown. */
  object_id?: string
  /** Where the request came from. */
  address?: string
  request_id?: string
  before?: object
  after?: object
}

/** An entry, as far as its place in the chain depends on it. */
export interface ChainedEntry {
  tenantId: string
  id: string
  actorType: string
  action: string
  objectType: string | null
  digest: string
  createdAt: Date
}

const saltBytes = 16

/** Writes details down. The digest stays when they are gone, and tells nothing of them without the salt. */
export function writeDetails(details: AuditDetails): {
  details: string
  salt: Uint8Array<ArrayBuffer>
  digest: string
} {
  const text = JSON.stringify(details)
  const salt = new Uint8Array(randomBytes(saltBytes))
  return { details: text, salt, digest: digestOf(salt, text) }
}

export function digestOf(salt: Uint8Array, details: string): string {
  return createHash('sha256').update(salt).update(details).digest('base64url')
}

/** Where a chain begins. */
export const chainStart = ''

/** The hash of an entry in its chain: nobody makes it without the service's key, nor without the entry before. */
export function chainHash(sealer: Sealer, before: string, sequence: bigint, entry: ChainedEntry): string {
  return sealer.derive('audit', chainInput(before, sequence, entry))
}

/** Whether a hash is that of an entry in its place. */
export function isChained(
  sealer: Sealer,
  before: string,
  sequence: bigint,
  entry: ChainedEntry,
  hash: string,
): boolean {
  return sealer.isDerived('audit', chainInput(before, sequence, entry), hash)
}

/** Shows that the end of a chain is where it was put: nobody makes it without the service's key. */
export function endSignature(sealer: Sealer, end: ChainEnd): string {
  return sealer.derive('audit end', endInput(end))
}

/** Whether a chain ends as it was signed. */
export function isSignedEnd(sealer: Sealer, end: ChainEnd, signature: string): boolean {
  return sealer.isDerived('audit end', endInput(end), signature)
}

export interface ChainEnd {
  tenantId: string
  sequence: bigint
  hash: string
}

function endInput({ tenantId, sequence, hash }: ChainEnd): string {
  return JSON.stringify([tenantId, String(sequence), hash])
}

/** Shows that an erasure took the details out of an entry, and nobody else did. */
export function proveErasure(sealer: Sealer, entry: ErasedEntry): string {
  return sealer.derive('audit erasure', erasureInput(entry))
}

export function isProvenErasure(sealer: Sealer, entry: ErasedEntry, proof: string): boolean {
  return sealer.isDerived('audit erasure', erasureInput(entry), proof)
}

export type ErasedEntry = Pick<ChainedEntry, 'tenantId' | 'id' | 'digest'>

function erasureInput({ tenantId, id, digest }: ErasedEntry): string {
  return JSON.stringify([tenantId, id, digest])
}

function chainInput(before: string, sequence: bigint, entry: ChainedEntry): string {
  const { tenantId, id, actorType, action, objectType, digest, createdAt } = entry
  const said = [before, sequence, tenantId, id, actorType, action, objectType, digest, createdAt.toISOString()]
  return JSON.stringify(said.map(String))
}
