/**
 * Something the person at the keyboard can put right: what is wrong, why, and what to do about it. Printed as
 * it stands, without a stack.
 */
export class Trouble extends Error {
  override name = 'Trouble'
  readonly thing: string
  readonly reason: string
  readonly remedy: string

  constructor(thing: string, reason: string, remedy: string, cause?: unknown) {
    super(`${thing}\n  Why: ${reason}\n  What to do: ${remedy}`, { cause })
    this.thing = thing
    this.reason = reason
    this.remedy = remedy
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code
