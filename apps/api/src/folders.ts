import { fileURLToPath } from 'node:url'

// What is read from files has its place seen from here: one folder below the package's own, in what was compiled as in
// the bundle.
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const assetsFolder = at('../assets')
/** They stand beside the other documents, in a checkout and in the image. */
export const guidesFolder = at('../../../docs/guides')
export const migrationsFolder = at('../../../prisma/migrations')
