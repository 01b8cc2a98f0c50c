// Rule: spelling findings are numbered 1, 2, 3 and hints lettered a, b, c, each in the order of the text.
// From: nothing but their offsets, so that paper, screen and spreadsheet name a finding alike.
// Not promised: the numbers survive a new check of the essay; offsets do not either.
import type { LanguageHint } from '#contracts/language.ts'
import type { EssayResult } from '#contracts/results.ts'
import type { Finding } from '#contracts/spelling.ts'
import { isSpelling } from './summary.ts'

export interface Listed<Item> {
  item: Item
  /** "3" or "c"; names are not counted and have none. */
  label: string
}

/** 1 → a, 26 → z, 27 → aa. */
function letterOf(number: number): string {
  let letters = ''
  for (let n = number; n > 0; n = Math.floor((n - 1) / 26))
    letters = String.fromCharCode(97 + ((n - 1) % 26)) + letters
  return letters
}

type Placed = { start: number; end: number }
const inOrder = (a: Placed, b: Placed): number => a.start - b.start || a.end - b.end

export interface ListedFindings {
  spelling: Listed<Finding>[]
  names: Listed<Finding>[]
  hints: Listed<LanguageHint>[]
}

export function listFindings({ spelling, language }: EssayResult): ListedFindings {
  const findings = (spelling.findings ?? []).toSorted(inOrder)
  const hints = (language.hints ?? []).toSorted(inOrder)
  return {
    spelling: findings.filter(isSpelling).map((item, i) => ({ item, label: String(i + 1) })),
    names: findings.filter((item) => !isSpelling(item)).map((item) => ({ item, label: '' })),
    hints: hints.map((item, i) => ({ item, label: letterOf(i + 1) })),
  }
}
