import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { readId } from '../../http/ids.js'
import { idempotencyHeaders, Page } from '../../http/schemas.js'
import { runIdempotently } from '../../plugins/idempotency.js'
import { addVersion, deleteTemplate, publishTemplate, rollBackTemplate } from './change-template.js'
import { createTemplate } from './create-template.js'
import { getTemplate } from './get-template.js'
import { listTemplates } from './list-templates.js'
import {
  NewTemplate,
  NewVersion,
  Template,
  TemplateListQuery,
  TemplateParams,
  TemplateSummary,
  VersionChoice,
} from './schemas.js'

const tags = ['templates']

export const templateRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'templates:write' },
      schema: {
        tags,
        summary: 'Create a template',
        headers: idempotencyHeaders,
        body: NewTemplate,
        response: { 201: Template },
      },
    },
    async (request, reply) =>
      runIdempotently(request.tenant, request, reply, async (ctx) => {
        const template = await createTemplate(ctx, request.body)
        return { status: 201, body: template, location: `/v1/templates/${template.id}` }
      }),
  )

  app.get(
    '',
    {
      config: { scope: 'templates:read' },
      schema: {
        tags,
        summary: 'List templates, newest first',
        querystring: TemplateListQuery,
        response: { 200: Page(TemplateSummary) },
      },
    },
    async (request) => listTemplates(request.tenant, request.query),
  )

  app.get(
    '/:id',
    {
      config: { scope: 'templates:read' },
      schema: {
        tags,
        summary: 'Look at a template and its versions',
        params: TemplateParams,
        response: { 200: Template },
      },
    },
    async (request) => getTemplate(request.tenant, readTemplateId(request.params)),
  )

  app.put(
    '/:id',
    {
      config: { scope: 'templates:write' },
      schema: {
        tags,
        summary: 'Add a version of a template',
        params: TemplateParams,
        body: NewVersion,
        response: { 200: Template },
      },
    },
    async (request) => addVersion(request.tenant, readTemplateId(request.params), request.body),
  )

  app.delete(
    '/:id',
    {
      config: { scope: 'templates:write' },
      schema: {
        tags,
        summary: 'Delete a template; what was accepted with it is still sent',
        params: TemplateParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await deleteTemplate(request.tenant, readTemplateId(request.params))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/:id/publish',
    {
      preValidation: allowEmptyBody,
      config: { scope: 'templates:write' },
      schema: {
        tags,
        summary: 'Publish a version, the latest by default',
        params: TemplateParams,
        body: VersionChoice,
        response: { 200: Template },
      },
    },
    async (request) => publishTemplate(request.tenant, readTemplateId(request.params), request.body.version),
  )

  app.post(
    '/:id/rollback',
    {
      preValidation: allowEmptyBody,
      config: { scope: 'templates:write' },
      schema: {
        tags,
        summary: 'Publish the version of before again, or a named one',
        params: TemplateParams,
        body: VersionChoice,
        response: { 200: Template },
      },
    },
    async (request) => rollBackTemplate(request.tenant, readTemplateId(request.params), request.body.version),
  )
}

/** Without a body nothing is chosen. */
async function allowEmptyBody(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}

function readTemplateId({ id }: { id: string }): string {
  return readId('tpl', id, 'template')
}
