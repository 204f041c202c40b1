import type { Database } from '@tellwire/db'
import { readStoredTemplate, type TemplateContent } from '@tellwire/domain'

/** Versions of templates. They never change, so that they need not be read for every delivery of a broadcast. */
export interface TemplateVersions {
  /** @returns undefined for one that is gone. */
  read(tenantId: string, templateId: string, version: number): Promise<TemplateContent | undefined>
}

const keptMax = 500

export function createTemplateVersions(db: Database): TemplateVersions {
  const kept = new Map<string, TemplateContent>()
  return {
    async read(tenantId, templateId, version) {
      const key = `${tenantId} ${templateId} ${version}`
      const known = kept.get(key)
      if (known) return known
      const stored = await db.templateVersion.findUnique({
        where: { tenantId_templateId_version: { tenantId, templateId, version } },
      })
      if (!stored) return undefined
      const content = readStoredTemplate(stored.content)
      const [oldest] = kept.keys()
      if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
      kept.set(key, content)
      return content
    },
  }
}
