import type { StoredFile } from '../../state/types.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const downloadBytesMax = 20 * 1_048_576

export const getFile: Method = ({ world, bot, parameters }) => {
  const fileId = parameters.text('file_id')
  if (fileId === '') throw badRequest('file_id not specified')
  const file = world.files.get(fileId)
  if (!file || file.botId !== bot.id) throw badRequest('invalid file_id')
  if (file.size > downloadBytesMax) throw badRequest('file is too big')
  return {
    result: {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      file_size: file.size,
      file_path: filePathOf(file),
    },
  }
}

/** Below `/file/bot<token>/`. */
export function filePathOf({ type, uniqueId, name }: StoredFile): string {
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ''
  return `${type}s/${uniqueId}${extension}`
}
