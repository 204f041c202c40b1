-- The rows of a chat, whether they wait in the lane, rest or are paused. No chat is 0: a look that does not say so, as the
-- scan of a lane does not, is never answered from this index. It is smaller than the lane's own, so the planner took its
-- predecessor for those scans where little waited and much was still to be cleared away.
CREATE INDEX pending_deliveries_of_chats_idx ON pending_deliveries (bot_id, chat_id) WHERE chat_id <> 0;
