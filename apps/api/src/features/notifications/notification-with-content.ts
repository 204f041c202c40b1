import type { Prisma } from '@tellwire/db'

/** What is read with a notification to show it. */
export const withContent = { content: true, broadcast: true } as const satisfies Prisma.NotificationInclude
export type NotificationWithContent = Prisma.NotificationGetPayload<{ include: typeof withContent }>
