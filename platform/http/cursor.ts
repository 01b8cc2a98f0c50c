import { z } from 'zod'
import { AppError } from '#platform/errors.ts'

const Cursor = z.tuple([z.string(), z.string(), z.uuid()])

/** Where the next page begins, and the order it belongs to: a cursor of another order is refused. */
export const encodeCursor = (last: { value: string; id: string }, order: string): string =>
  Buffer.from(JSON.stringify([order, last.value, last.id])).toString('base64url')

/** `value` says what the column that is sorted by can hold. */
export function decodeCursor(
  text: string,
  order: string,
  value: z.ZodType = z.string(),
): { value: string; id: string } {
  const parsed = Cursor.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  if (!parsed.success || parsed.data[0] !== order || !value.safeParse(parsed.data[1]).success)
    throw new AppError(
      'validation-failed',
      'This cursor does not belong to this list. Start again without one.',
      {
        errors: [{ path: 'querystring.cursor', message: 'is not a cursor of this list' }],
      },
    )
  return { value: parsed.data[1], id: parsed.data[2] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
