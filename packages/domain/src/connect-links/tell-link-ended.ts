import { LinkEnded } from '@tellwire/jobs'
import type { SystemScope } from '../scope.js'

/** Tells those who wait for a link, once what ended it is committed. */
export function tellLinkEnded({ afterCommit, waker }: Pick<SystemScope, 'afterCommit' | 'waker'>, id: string): void {
  afterCommit(`${LinkEnded.name} ${id}`, () => waker.tell(LinkEnded, id))
}
