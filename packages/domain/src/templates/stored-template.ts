import { type Prisma, toJsonColumn } from '@tellwire/db'
import type { TemplateContent } from './render-template.js'

/** Reads a version of a template as it is stored. It was checked when it was added. */
export function readStoredTemplate(content: unknown): TemplateContent {
  return content as TemplateContent
}

/** The same content as JSON to store. */
export function writeTemplateContent(content: TemplateContent): Prisma.InputJsonObject {
  return toJsonColumn(content)
}
