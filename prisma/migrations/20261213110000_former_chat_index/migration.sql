-- `pending_deliveries_of_chats_idx` has taken its place. It goes by itself, as that takes a lock that nobody is to wait for behind
-- the making of an index.
DROP INDEX pending_deliveries_chat_idx;
