-- One meaning a word: columns, and words in JSON, are called what the interface and the documents call them.

-- Live or test is said of keys alone.
ALTER TABLE bots DROP COLUMN mode;

-- A deleted bot keeps its row, which connections and deliveries refer to. Its Telegram id is negated, so that the bot
-- can be registered anew, and it has no token.
ALTER TABLE bots
  DROP CONSTRAINT bots_status_check,
  ADD CONSTRAINT bots_status_check CHECK (status IN ('active', 'unauthorized', 'deleted'));

-- What is posted is read back: how long a dedupe key holds, and whether users are waited for.
ALTER TABLE notifications
  DROP CONSTRAINT notifications_on_unknown_check,
  ADD COLUMN awaits_users boolean NOT NULL DEFAULT false,
  ADD COLUMN dedupe_key text,
  ADD COLUMN dedupe_window integer;
UPDATE notifications SET on_unknown = 'stop' WHERE on_unknown = 'hold';
ALTER TABLE notifications ADD CONSTRAINT notifications_on_unknown_check CHECK (on_unknown IN ('resend', 'stop'));

-- `options` is everything of a message but its text. The topic of a forum is not a topic of subscribers.
ALTER TABLE notification_contents RENAME COLUMN message TO options;
UPDATE notification_contents SET options = options - 'topic' || jsonb_build_object('forum_topic', options -> 'topic')
WHERE options ? 'topic';

-- A delivery waits for its user, its message is edited, and a row of a lane has a body, whatever its kind. Nothing
-- ever wrote `sending`: what is being sent is queued, and claimed.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_status_check;
ALTER TABLE deliveries RENAME COLUMN change TO edit;
ALTER TABLE deliveries ADD COLUMN ended_at timestamptz;
UPDATE deliveries SET ended_at = coalesce(sent_at, (failure ->> 'at')::timestamptz) WHERE sent_at IS NOT NULL OR failure ? 'at';
UPDATE deliveries SET status = 'awaiting_user' WHERE status = 'held';
UPDATE deliveries SET dropped = array_replace(dropped, 'topic', 'forum_topic') WHERE 'topic' = ANY (dropped);
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('awaiting_user', 'scheduled', 'queued', 'sent', 'failed', 'expired', 'cancelled', 'unknown'));

ALTER TABLE pending_deliveries DROP CONSTRAINT pending_deliveries_kind_check;
ALTER TABLE pending_deliveries RENAME COLUMN reply TO body;
ALTER TABLE pending_deliveries RENAME COLUMN is_held_if_unknown TO stops_if_unknown;
UPDATE pending_deliveries SET kind = 'edit' WHERE kind = 'change';
UPDATE pending_deliveries SET dropped = array_replace(dropped, 'topic', 'forum_topic') WHERE 'topic' = ANY (dropped);
ALTER TABLE pending_deliveries ADD CONSTRAINT pending_deliveries_kind_check
  CHECK (kind IN ('notification', 'reply', 'edit'));
ALTER INDEX waiting_deliveries_held_idx RENAME TO waiting_deliveries_awaiting_user_idx;

-- Every time in JSON has one form: RFC 3339, UTC, with milliseconds.
CREATE FUNCTION pg_temp.with_time(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN value ? 'at' THEN value || jsonb_build_object(
    'at', to_char((value ->> 'at')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  ) ELSE value END
$$;
UPDATE deliveries SET failure = pg_temp.with_time(failure) WHERE failure ? 'at' AND failure ->> 'at' NOT LIKE '%Z';
UPDATE deliveries SET edit = CASE
  WHEN jsonb_typeof(edit -> 'failure') = 'object'
  THEN pg_temp.with_time(edit) || jsonb_build_object('failure', pg_temp.with_time(edit -> 'failure'))
  ELSE pg_temp.with_time(edit)
END WHERE edit IS NOT NULL;

UPDATE events SET type = 'notification.edit_failed' WHERE type = 'notification.change_failed';

-- What is kept for a repeated request is the result of the work, not the answer that was made of it. Of accepted
-- notifications these are facts, from which the answer is made again.
ALTER TABLE idempotency_keys RENAME COLUMN response TO result;
ALTER TABLE idempotency_keys RENAME COLUMN response_sealed TO result_sealed;
ALTER TABLE idempotency_keys DROP COLUMN response_status;
UPDATE idempotency_keys k SET result = CASE
  WHEN k.result ? 'answers' THEN jsonb_build_object('acceptances', (
    SELECT jsonb_agg(answer - 'held' || jsonb_build_object('awaiting_user', answer -> 'held'))
    FROM jsonb_array_elements(k.result -> 'answers') AS answer
  ))
  ELSE k.result -> 'body'
END WHERE k.result IS NOT NULL;

-- Reading has scopes of its own, and so have connections: a key may do what it could do before.
UPDATE api_keys SET scopes = scopes || ARRAY['links:read'] WHERE 'links:write' = ANY (scopes);
UPDATE api_keys SET scopes = scopes || ARRAY['files:read'] WHERE 'files:write' = ANY (scopes);
UPDATE api_keys SET scopes = scopes || ARRAY['connections:read', 'connections:write'] WHERE 'users:write' = ANY (scopes);

-- A reader of updates renews and gives back what it holds by its own id.
CREATE INDEX update_pollers_holder_idx ON update_pollers (holder) WHERE holder IS NOT NULL;
