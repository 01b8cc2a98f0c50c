// A file gets the lowest free slot of its batch, once; what no slot is left for waits.
// From the design's rule of the four answers: assigned, already-assigned, exhausted, contended.
// Decides from rows that were read; it does not claim, and it cannot see what others hold locked.
import type { ClaimAnswer } from '#contracts/essays.ts'

/**
 * The answer for a claimant that got no slot: rows that are free and were not given are held by someone
 * else's claim at this moment, and that claim may yet be rolled back.
 */
export function judgeUnserved(freeRows: number): Extract<ClaimAnswer, 'exhausted' | 'contended'> {
  return freeRows > 0 ? 'contended' : 'exhausted'
}

/** Each file once, in the order of its first mention: a file named twice in one claim claims once. */
export const eachOnce = <C extends { fileUploadId: string }>(claimants: readonly C[]): C[] => {
  const seen = new Set<string>()
  return claimants.filter(({ fileUploadId }) => !seen.has(fileUploadId) && seen.add(fileUploadId))
}
