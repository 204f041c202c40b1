import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'
import type { BroadcastKey } from './broadcasts.js'
import { priorityRank } from './delivery-states.js'
import { joinLane } from './join-lane.js'

export interface ExpandedSlice {
  /** How many recipients joined their lanes. */
  recipients: number
  botIds: string[]
  /** False when the broadcast is paused, over, or another's at this moment. */
  hasMore: boolean
}

// The cursor and the rows that it stands for are written in one statement, so that every recipient joins
// exactly once, however often the expansion is interrupted.
const expand = (audience: string, isInAudience: string): string => `
WITH broadcast AS MATERIALIZED (
  SELECT b.*, n.expires_at, n.on_unknown, ${priorityRank('n.priority')} AS rank
  FROM broadcasts b
  JOIN notifications n ON ${probe('n.tenant_id', 'b.tenant_id')} AND ${probe('n.id', 'b.notification_id')}
  WHERE b.tenant_id = $1 AND b.notification_id = $2
    AND NOT b.is_expanded AND NOT b.is_paused AND b.starts_at <= clock_timestamp()
  FOR UPDATE OF b SKIP LOCKED
),
audience AS MATERIALIZED (${audience}),
recipients AS MATERIALIZED (
  SELECT
    uuidv7() AS id,
    b.tenant_id,
    b.notification_id,
    c.id AS connection_id,
    c.user_id,
    c.bot_id,
    c.chat_id,
    b.rank AS priority,
    b.expires_at,
    b.on_unknown
  FROM broadcast b
  CROSS JOIN audience a
  -- OFFSET keeps the planner from reading all of the tenant's connections.
  CROSS JOIN LATERAL (
    SELECT * FROM connections
    WHERE tenant_id = $1 AND user_id = a.user_id AND status = 'active' AND connected_at <= b.audience_at
    OFFSET 0
  ) c
  -- A chat that several users share gets it once, with the first of them, whichever slice that is in. Whose they are is
  -- asked in words that no index knows: a chat has few, and a tenant's bot very many.
  WHERE coalesce(b.expires_at > clock_timestamp(), true) AND NOT EXISTS (
    SELECT FROM connections o
    WHERE ${probe('o.bot_id', 'c.bot_id')} AND ${probe('o.chat_id', 'c.chat_id')} AND (o.tenant_id = $1) IS NOT FALSE
      AND o.user_id < c.user_id
      AND o.status = 'active' AND o.connected_at <= b.audience_at AND ${isInAudience}
  )
),
written_deliveries AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id, status)
  SELECT tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id, 'queued' FROM recipients
),
joined_lanes AS (
  ${joinLane({ from: 'recipients', columns: { is_counted: 'true' }, orderBy: 'id' })}
),
size AS MATERIALIZED (
  SELECT
    (SELECT count(*)::int FROM recipients) AS recipients,
    (SELECT max(user_id) FROM audience) AS last_user_id,
    -- Of one whose time is over nothing more is made.
    (SELECT count(*) FROM audience) < $3
      OR EXISTS (SELECT FROM broadcast WHERE expires_at <= clock_timestamp()) AS is_last
),
advanced AS (
  UPDATE broadcasts b SET
    cursor = coalesce(s.last_user_id, b.cursor),
    expanded = b.expanded + s.recipients,
    expanded_at = clock_timestamp(),
    is_expanded = s.is_last,
    expected = CASE WHEN s.is_last THEN b.expanded + s.recipients END
  FROM size s
  WHERE b.tenant_id = $1 AND b.notification_id = $2 AND EXISTS (SELECT FROM broadcast)
  RETURNING s.recipients, NOT s.is_last AS has_more
)
SELECT a.recipients, a.has_more, ARRAY(SELECT DISTINCT bot_id::text FROM recipients) AS bot_ids FROM advanced a`

// Where the broadcast is another's or over, the cursor is null and nobody follows it.
const expandTopic = defineStatement(
  'expand-topic-broadcast',
  expand(
    `
  SELECT user_id FROM topic_subscribers
  WHERE tenant_id = $1 AND topic_id = (SELECT topic_id FROM broadcast) AND user_id > (SELECT cursor FROM broadcast)
    AND subscribed_at <= (SELECT audience_at FROM broadcast)
  ORDER BY user_id LIMIT $3`,
    `EXISTS (
      SELECT FROM topic_subscribers s
      WHERE s.tenant_id = $1 AND s.topic_id = b.topic_id AND s.user_id = o.user_id AND s.subscribed_at <= b.audience_at
    )`,
  ),
)
const expandEveryone = defineStatement(
  'expand-everyone-broadcast',
  expand(
    `
  SELECT user_id FROM users
  WHERE tenant_id = $1 AND user_id > (SELECT cursor FROM broadcast)
    AND created_at <= (SELECT audience_at FROM broadcast)
  ORDER BY user_id LIMIT $3`,
    'true',
  ),
)

/** Brings the next users of a broadcast's audience into their lanes, up to `usersMax`. */
export async function expandBroadcast(
  engine: Pool,
  broadcast: BroadcastKey & { isToTopic: boolean },
  usersMax: number,
): Promise<ExpandedSlice> {
  const [slice] = await run<ExpandedSlice>(engine, broadcast.isToTopic ? expandTopic : expandEveryone, [
    broadcast.tenantId,
    broadcast.notificationId,
    usersMax,
  ])
  return slice ?? { recipients: 0, botIds: [], hasMore: false }
}
