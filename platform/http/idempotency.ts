import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { Database, Tx } from '#platform/database/database.ts'
import { AppError, isUniqueViolation } from '#platform/errors.ts'
import { principalOf, type Principal } from './http.ts'

/** An answer as it is repeated to a retry with the same key. */
export interface Answer {
  status: number
  body: unknown
}

/** Records the answer in the transaction that makes it true: both exist after a crash, or neither. */
export type Remember = (tx: Tx, answer: Answer) => Promise<void>

/**
 * `Idempotency-Key`: the same key and body give the same answer, for 24 h, per user, method and path.
 * A request that was cut before its transaction committed has recorded nothing and is simply done again.
 */
export class Idempotency {
  readonly #database: Database
  readonly #running = new Set<string>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Runs `work` unless this key has an answer. `bodyHash` may come late (multipart): it is a function that
   * is called once the body has been read. Errors are not remembered.
   */
  async once(
    request: FastifyRequest,
    work: (context: {
      remember: Remember
      earlier: (bodyHash: string) => Promise<Answer | null>
    }) => Promise<Answer>,
  ): Promise<Answer> {
    const key = request.headers['idempotency-key']
    if (key === undefined) return work({ remember: async () => {}, earlier: async () => null })
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
      throw new AppError('bad-request', 'An Idempotency-Key has 1 to 255 visible ASCII characters.')
    const principal = principalOf(request)
    const place = { principal, method: request.method, path: request.url.split('?')[0] ?? '', key }
    const name = JSON.stringify([principal.userId, place.method, place.path, key])
    if (this.#running.has(name))
      throw new AppError(
        'request-in-progress',
        'The first request with this Idempotency-Key is still under way. Try again in a moment.',
      )
    this.#running.add(name)
    let hash = ''
    const earlier = async (bodyHash: string): Promise<Answer | null> => {
      hash = bodyHash
      return this.#find(place, bodyHash)
    }
    try {
      return await work({
        earlier,
        remember: async (tx, answer) => {
          // An expired row with the same key may still await the sweep.
          await sql`delete from http.idempotency_keys where user_id = ${principal.userId} and method = ${place.method}
            and path = ${place.path} and key = ${key} and created_at <= now() - interval '24 hours'`.execute(
            tx,
          )
          await sql`insert into http.idempotency_keys (school_id, user_id, method, path, key, body_hash, status, body)
            values (${principal.schoolId}, ${principal.userId}, ${place.method}, ${place.path}, ${key}, ${hash},
              ${answer.status}, ${JSON.stringify(answer.body)})`.execute(tx)
        },
      })
    } catch (error) {
      // Another process was first with the same key: its answer is the answer.
      if (isUniqueViolation(error) && hash !== '') {
        const first = await this.#find(place, hash)
        if (first) return first
      }
      throw error
    } finally {
      this.#running.delete(name)
    }
  }

  async #find(
    place: { principal: Principal; method: string; path: string; key: string },
    bodyHash: string,
  ): Promise<Answer | null> {
    const { principal } = place
    const found = await this.#database.transaction(principal.schoolId, async (tx) => {
      const { rows } = await sql<{ bodyHash: string; status: number; body: unknown }>`
        select body_hash as "bodyHash", status, body from http.idempotency_keys
        where user_id = ${principal.userId} and method = ${place.method} and path = ${place.path}
          and key = ${place.key} and created_at > now() - interval '24 hours'`.execute(tx)
      return rows[0]
    })
    if (!found) return null
    if (found.bodyHash !== bodyHash)
      throw new AppError(
        'idempotency-key-reused',
        'This Idempotency-Key was used for another body. Use a new key for a new request.',
      )
    return { status: found.status, body: found.body }
  }

  /** Forgets keys older than 24 h, of the school that is set in `tx`. */
  static async sweep(tx: Tx): Promise<void> {
    await sql`delete from http.idempotency_keys where created_at < now() - interval '24 hours'`.execute(tx)
  }
}
