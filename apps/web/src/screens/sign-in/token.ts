import { Problem } from '../../shared/api.ts'

/**
 * The token of a one-time link. It stands behind the `#`, which browsers keep to themselves, so it is in no log
 * and in no `Referer`.
 */
export const tokenOfPage = (): string | null => new URLSearchParams(location.hash.slice(1)).get('token')

/** The fewest characters of a password; the server holds to it too. */
export const shortestPassword = 10

/** The link was used, withdrawn or ran out. */
export const isBadLink = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'link-not-good' || error.at('token') !== undefined)
