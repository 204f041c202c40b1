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

export function showVersion({ version, content, createdAt }: Prisma.TemplateVersionGetPayload<object>) {
  const { schema, ...rest } = readStoredTemplate(content)
  return { version, ...rest, schema: schema ?? null, created_at: createdAt.toISOString() }
}
