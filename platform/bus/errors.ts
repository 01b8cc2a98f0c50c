import { GiveUp, TryLater } from '#platform/bus/bus.ts'

/** The transaction's subscription has moved on: another process, or a replay, was faster. */
export class Overtaken extends Error {
  override name = 'Overtaken'
}

/** The log does not hold what memory said: an event's savepoint was rolled back and its transaction committed. */
export class Mistaken extends Error {
  override name = 'Mistaken'
}

/** An event that its own definition does not accept. Says where, never what. */
export class Unparsable extends GiveUp {
  override name = 'Unparsable'
}

const transientCodes = new Set(
  // Serialization, deadlock, lock not available, the server's own stopping and starting, idle session ended.
  ['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '57P05', '25P03'].concat([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ]),
)
const transientMessage =
  /^Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|^Client was closed/

/**
 * True when the fault lies with the connection, the server or the moment and not with the event, or when the
 * handler says so: such a try is repeated without end and never counted.
 */
export function isTransient(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof TryLater) return true
    const code = (at as { code?: unknown }).code
    if (typeof code === 'string' && (transientCodes.has(code) || /^(08|53)...$/.test(code))) return true
    if (transientMessage.test(at.message)) return true
    if (at instanceof AggregateError && at.errors.some(isTransient)) return true
  }
  return false
}

/** What is kept of an error: its kind and first line. A database's data error quotes the value; that is cut. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is not an error was thrown'
  const code = (error as { code?: unknown }).code
  const line = error.message.split('\n', 1)[0] ?? ''
  const shown = typeof code === 'string' && /^22...$/.test(code) ? (line.split(': "', 1)[0] ?? '') : line
  const kind = error.constructor.name === 'DatabaseError' ? `SQL ${String(code)}` : error.name
  // PostgreSQL's text cannot hold the character NUL.
  return `${kind}: ${shown}`.replaceAll('\0', '').slice(0, 500)
}
