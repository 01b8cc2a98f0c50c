// When a batch is removed because its school keeps batches only so many days: `keepDays` after it was made, and never
// without seven days' notice, whenever the school said so. From the product's promise that nothing is lost silently.
// Does not erase: what is removed can be restored for the time that any removed batch can.

export const noticeDays = 7
const dayMs = 86_400_000

export interface Kept {
  createdAt: Date
  /** The day that was announced; null when none was. */
  eraseOn: Date | null
}

/** The day to announce; null when none is, or none any more. `now` and all days are moments. */
export function eraseOnFor({ createdAt, eraseOn }: Kept, keepDays: number | null, now: Date): Date | null {
  if (keepDays === null) return null
  const due = createdAt.getTime() + keepDays * dayMs
  const notice = now.getTime() + noticeDays * dayMs
  if (due > notice) return null
  // What was announced holds, unless the school keeps its batches longer now.
  return new Date(Math.max(due, eraseOn?.getTime() ?? notice))
}
