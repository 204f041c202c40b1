import type { LinkChat } from '@tellwire/domain'
import type { Speaker } from '@tellwire/texts'
import type { LinkAddresses } from '../../views/link-addresses.js'
import type { Brand } from './brand.js'

/** The page of a link, by what became of it. */
export type PageState =
  | {
      kind: 'pending'
      tenantName: string
      botUsername: string
      chat: LinkChat
      addresses: LinkAddresses
      /** The number that the person is to tap, where the link asks for one. */
      number: number | null
    }
  | { kind: 'connected'; tenantName: string; displayName: string; redirectUrl: string | null }
  | { kind: 'ended'; tenantName: string }
  | { kind: 'unknown' }

/** The same, with how and in which language it is shown, and to which sites. */
export interface Page {
  state: PageState
  brand: Brand
  speaker: Speaker
  /** Web sites that may show it in pages of their own. */
  origins: readonly string[]
}
