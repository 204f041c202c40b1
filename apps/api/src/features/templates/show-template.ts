import type { Prisma } from '@tellwire/db'
import { readStoredTemplate } from '@tellwire/domain'
import { showId } from '../../http/ids.js'

export function showTemplate(template: Prisma.TemplateGetPayload<object>) {
  return {
    id: showId('tpl', template.id),
    name: template.name,
    latest_version: template.latestVersion,
    published_version: template.publishedVersion,
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
  }
}

/** A version without what is long of it. */
export function showVersion({ version, content, createdAt }: Prisma.TemplateVersionGetPayload<object>) {
  const { format, default_locale, texts, strict } = readStoredTemplate(content)
  const locales = Object.keys(texts).toSorted()
  return { version, format, default_locale, locales, strict, created_at: createdAt.toISOString() }
}

export function showWholeVersion(stored: Prisma.TemplateVersionGetPayload<object>) {
  const { texts, schema } = readStoredTemplate(stored.content)
  return { ...showVersion(stored), texts, schema: schema ?? null }
}
