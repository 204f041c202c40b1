/**
 * The SELECT of whether an endpoint has taken an event; no row where it has not. It is for a LATERAL join: an EXISTS the
 * planner may answer by reading the attempts of all endpoints.
 */
export const isTaken = (tenantId: string, endpointId: string, eventId: string): string => `
    SELECT true AS is_there FROM webhook_attempts a
    WHERE a.tenant_id = ${tenantId} AND a.endpoint_id = ${endpointId} AND a.event_id = ${eventId} AND a.outcome = 'taken' LIMIT 1
  `
