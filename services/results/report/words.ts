import type { EssayResult, FileState, PhaseStatus } from '#contracts/results.ts'
import type { FindingKind } from '#contracts/spelling.ts'
import type { ConnectiveKind } from '../exports/patterns.ts'
import { readingAge } from '../exports/summary.ts'
import { html, type Html } from './html.ts'

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

export const integer = (value: number): string => whole.format(value)
export const decimal = (value: number): string => tenth.format(value)
export const orDash = (value: number | null, show: (value: number) => string): string =>
  value === null ? '–' : show(value)

/** "1 essay", "24 essays". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${integer(count)} ${count === 1 ? one : many}`

/** "13", "5 or younger", "18 or older": beyond school age the formula says nothing. */
export function ageInWords(grade: number): string {
  const age = Math.round(readingAge(grade))
  if (age <= 5) return '5 or younger'
  return age >= 18 ? '18 or older' : String(age)
}

const clocks: Record<string, [date: Intl.DateTimeFormat, time: Intl.DateTimeFormat]> = {}
function clocksOf(locale: string): [Intl.DateTimeFormat, Intl.DateTimeFormat] {
  const tag = locale === 'en-US' ? 'en-US' : 'en-GB'
  return (clocks[tag] ??= [
    new Intl.DateTimeFormat(tag, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }),
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' }),
  ])
}

/** "21 November 2026, 14:02 UTC"; what is no time is shown as it came. */
export function moment(iso: string, locale: string): Html {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return html`${iso}`
  const [date, time] = clocksOf(locale)
  return html`<time datetime="${at.toISOString()}">${date.format(at)}, ${time.format(at)} UTC</time>`
}

/** "0.4 s", "12 s", "3 min 20 s", "1 h 5 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${decimal(seconds)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  const minutes = Math.floor(rounded / 60)
  if (minutes < 60) return rounded % 60 ? `${minutes} min ${rounded % 60} s` : `${minutes} min`
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
}

/** Stands wherever a finding of the program is shown, until a person has reviewed it. */
export const machineNote =
  'Spelling and grammar hints were found by a program on this computer; no one has reviewed them yet.'

export const kindInWords: Record<FindingKind, { name: string; meaning: string }> = {
  'non-word': { name: 'Misspelt', meaning: 'not in the dictionary' },
  confusable: { name: 'Mixed up', meaning: 'a word often confused with another' },
  split: { name: 'Split', meaning: 'one word written as two' },
  joined: { name: 'Joined', meaning: 'two words written as one' },
  name: { name: 'Name?', meaning: 'taken for a name; not counted' },
}

export const connectiveInWords: Record<ConnectiveKind, { name: string; examples: string }> = {
  additive: { name: 'Adding', examples: 'also, moreover' },
  adversative: { name: 'Contrasting', examples: 'but, however' },
  causal: { name: 'Giving reasons', examples: 'because, therefore' },
  temporal: { name: 'Ordering in time', examples: 'then, finally' },
  exemplifying: { name: 'Giving examples', examples: 'for example' },
  concluding: { name: 'Concluding', examples: 'in conclusion' },
}

export const stateInWords: Record<FileState, string> = {
  received: 'received',
  reading: 'being read',
  'waiting-for-slot': 'waiting for a slot',
  'in-slot': 'in a slot',
  rejected: 'rejected',
  removed: 'removed',
}

const statusOrder: PhaseStatus[] = ['failed', 'running', 'pending', 'not-requested', 'succeeded']

/** The state of an essay as a word and a shape; the phase that is furthest behind speaks for it. */
export function essayStatus({ spelling, language }: EssayResult): {
  word: string
  shape: string
  rank: number
} {
  const phases = [
    { name: 'spelling', status: spelling.status },
    { name: 'language', status: language.status },
  ]
  const worst = statusOrder.find((status) => phases.some((phase) => phase.status === status))!
  const of = phases
    .filter((phase) => phase.status === worst)
    .map((phase) => phase.name)
    .join(' and ')
  const rank = statusOrder.indexOf(worst)
  if (worst === 'failed') return { word: `${of} failed`, shape: '▲', rank }
  if (worst === 'running') return { word: `${of} running`, shape: '◐', rank }
  if (worst === 'pending') return { word: `${of} pending`, shape: '○', rank }
  if (phases.every((phase) => phase.status === 'not-requested'))
    return { word: 'nothing asked for', shape: '–', rank }
  return { word: 'done', shape: '●', rank: 4 }
}
