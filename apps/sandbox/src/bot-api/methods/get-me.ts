import { showBotUser } from '../chats.js'
import type { Method } from './method.js'

export const getMe: Method = ({ bot }) => ({
  result: {
    ...showBotUser(bot),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
  },
})
