import { createHash } from 'node:crypto'
import { v7 } from 'uuid'

/** Mints an id of the branded kind that the caller expects: `const essayId = mint<EssayId>()`. */
export const mint = <Id extends string>(): Id => v7() as Id

/** SHA-256 in lower-case hexadecimal; text as UTF-8. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
