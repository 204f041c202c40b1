import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { addVersion, deleteTemplate, publishTemplate, rollBackTemplate } from './change-template.js'
import { createTemplate } from './create-template.js'
import { getTemplate, getVersion } from './get-template.js'
import { listTemplates } from './list-templates.js'
import {
  NewTemplate,
  NewVersion,
  Template,
  TemplateListQuery,
  TemplateSummary,
  Version,
  VersionChoice,
  VersionParams,
} from './schemas.js'

const tag = 'templates'
const params = IdParams('tpl', 'template')
const idOf = ({ id }: { id: string }): string => readId('tpl', id, 'template')

export const templateRoutes = [
  route({
    operation: 'createTemplate',
    shows: 'templates:read',
    scope: 'templates:write',
    method: 'POST',
    url: '/v1/templates',
    tag,
    summary: 'Create a template',
    body: NewTemplate,
    responses: { 201: Template },
    isIdempotent: true,
    hasLocation: true,
    errors: ['limit_reached', 'template_invalid', 'template_name_taken', 'too_costly'],
    handler: ({ scope, body }) => createTemplate(scope, body),
  }),
  route({
    operation: 'listTemplates',
    scope: 'templates:read',
    method: 'GET',
    url: '/v1/templates',
    tag,
    summary: 'List templates, newest first',
    query: TemplateListQuery,
    responses: { 200: Page('TemplatePage', TemplateSummary) },
    handler: ({ scope, query }) => listTemplates(scope, query),
  }),
  route({
    operation: 'getTemplate',
    scope: 'templates:read',
    method: 'GET',
    url: '/v1/templates/:id',
    tag,
    summary: 'Look at a template and its versions',
    params,
    responses: { 200: Template },
    handler: ({ scope, params }) => getTemplate(scope, idOf(params)),
  }),
  route({
    operation: 'getTemplateVersion',
    scope: 'templates:read',
    method: 'GET',
    url: '/v1/templates/:id/versions/:version',
    tag,
    summary: 'Look at a version of a template, with its texts',
    params: VersionParams,
    responses: { 200: Version },
    handler: ({ scope, params }) => getVersion(scope, idOf(params), params.version),
  }),
  route({
    operation: 'addTemplateVersion',
    shows: 'templates:read',
    scope: 'templates:write',
    method: 'PUT',
    url: '/v1/templates/:id',
    tag,
    summary: 'Add a version of a template',
    description: 'The earlier versions stay as they are.',
    params,
    body: NewVersion,
    responses: { 200: Template },
    errors: ['template_invalid', 'template_name_taken', 'too_costly'],
    handler: ({ scope, params, body }) => addVersion(scope, idOf(params), body),
  }),
  route({
    operation: 'deleteTemplate',
    scope: 'templates:write',
    method: 'DELETE',
    url: '/v1/templates/:id',
    tag,
    summary: 'Delete a template',
    description: 'What was accepted with it is still sent.',
    params,
    responses: { 204: Empty },
    handler: ({ scope, params }) => deleteTemplate(scope, idOf(params)),
  }),
  route({
    operation: 'publishTemplate',
    shows: 'templates:read',
    scope: 'templates:write',
    method: 'POST',
    url: '/v1/templates/:id/publish',
    tag,
    summary: 'Publish a version, the latest by default',
    description: 'New notifications use it from now on.',
    params,
    body: VersionChoice,
    isBodyOptional: true,
    responses: { 200: Template },
    isIdempotent: true,
    errors: ['template_unknown'],
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => publishTemplate(scope, idOf(params), body.version), { status: 200 }),
  }),
  route({
    operation: 'rollBackTemplate',
    shows: 'templates:read',
    scope: 'templates:write',
    method: 'POST',
    url: '/v1/templates/:id/rollback',
    tag,
    summary: 'Publish the version of before again, or a named one',
    params,
    body: VersionChoice,
    isBodyOptional: true,
    responses: { 200: Template },
    isIdempotent: true,
    errors: ['template_unknown', 'conflict'],
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => rollBackTemplate(scope, idOf(params), body.version), { status: 200 }),
  }),
]
