// How often somebody may be wrong: 10 times for an account, 50 times from an address, within 15 minutes; then the
// account or the address waits 15 minutes. Source: OWASP ASVS 4.0, 2.2.1. Counted in the database before the
// password is looked at, so that neither a restart nor many attempts at once get around it, and for addresses that
// have no account exactly as for those that do. Does not stop guesses spread over many accounts and addresses.

import { AppError } from '#platform/errors.ts'
import type { Database } from '#platform/database/database.ts'
import { sha256 } from '#platform/ids.ts'
import { countAttempt, discountAttempt } from './throttle-store.ts'

const windowSeconds = 15 * 60
const limits = { account: 10, address: 50, mail: 3 }

const keyOf = (kind: keyof typeof limits, what: string): string =>
  sha256(`${kind} ${what.trim().toLowerCase()}`)

/** Runs `attempt`, which says whether it was right. Throws `too-many-requests` while there is a lock-out. */
export async function throttled<T extends { right: boolean }>(
  desk: Database,
  who: { account: string; address: string },
  attempt: () => Promise<T>,
): Promise<T> {
  const account = keyOf('account', who.account)
  const address = keyOf('address', who.address)
  const seconds = await desk.transaction(
    null,
    async (tx) =>
      // Always the address first: two attempts then wait for one another and never in a circle.
      (await countAttempt(tx, address, limits.address, windowSeconds)) ??
      (await countAttempt(tx, account, limits.account, windowSeconds)),
  )
  if (seconds !== null) throw tooMany(seconds)
  const answer = await attempt()
  if (answer.right)
    await desk.transaction(null, async (tx) => {
      await discountAttempt(tx, address, false)
      await discountAttempt(tx, account, true)
    })
  return answer
}

/** False when mail has been sent to this address often enough for now. */
export async function mayMail(desk: Database, email: string): Promise<boolean> {
  const seconds = await desk.transaction(null, (tx) =>
    countAttempt(tx, keyOf('mail', email), limits.mail, windowSeconds),
  )
  return seconds === null
}

const tooMany = (seconds: number): AppError => {
  const minutes = Math.ceil(seconds / 60)
  return new AppError(
    'too-many-requests',
    `There were too many attempts that failed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, or ask an administrator for a new password.`,
    { details: { retryAfterSeconds: seconds } },
  )
}
