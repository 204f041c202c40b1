export { operatorRoutes, tenantRoutes } from '../routes.js'
export { describeApi } from './describe-api.js'
