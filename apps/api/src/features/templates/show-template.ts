import type { Prisma } from '@tellwire/db'
import { readStoredTemplate, type TemplateContent } from '@tellwire/domain'
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
export interface VersionSummary extends Pick<TemplateContent, 'format' | 'default_locale' | 'strict'> {
  version: number
  locales: string[]
  createdAt: Date
}

export function showVersion({ createdAt, ...summary }: VersionSummary) {
  return { ...summary, created_at: createdAt.toISOString() }
}

export function showWholeVersion({ version, content, createdAt }: Prisma.TemplateVersionGetPayload<object>) {
  const { format, default_locale, texts, strict, schema } = readStoredTemplate(content)
  const locales = Object.keys(texts).toSorted()
  return {
    ...showVersion({ version, format, default_locale, locales, strict, createdAt }),
    texts,
    schema: schema ?? null,
  }
}
