import { useState } from 'react'
import type { CreateBatch } from '#contracts/batches.ts'
import type { Locale, Phase } from '#contracts/common.ts'

export const phases = ['spelling', 'language'] as const satisfies readonly Phase[]

export interface Draft {
  title: string
  prompt: string
  fixed: boolean
  /** As typed: a text where it is no number. */
  capacity: number | string
  phases: Phase[]
  locale: Locale
  runWhenQuiet: boolean
}

export const emptyDraft: Draft = {
  title: '',
  prompt: '',
  fixed: false,
  capacity: 30,
  phases: [...phases],
  locale: 'en-GB',
  runWhenQuiet: true,
}

export type Field = 'title' | 'prompt' | 'capacity' | 'phases' | 'locale'

/** Two tabs may each have a batch in the making; a reload, or leaving the page, keeps it. */
const stored = 'assay.new-batch'

function read(): Draft {
  try {
    const found = JSON.parse(sessionStorage.getItem(stored) ?? 'null') as Partial<Draft> | null
    return found ? { ...emptyDraft, ...found } : emptyDraft
  } catch {
    return emptyDraft
  }
}

export function useDraft(): [draft: Draft, change: (some: Partial<Draft>) => void, clear: () => void] {
  const [draft, setDraft] = useState(read)
  return [
    draft,
    (some) =>
      setDraft((before) => {
        const next = { ...before, ...some }
        sessionStorage.setItem(stored, JSON.stringify(next))
        return next
      }),
    () => sessionStorage.removeItem(stored),
  ]
}

/** What the server would refuse, found before it is asked. */
export function findMistakes({ title, fixed, capacity, phases }: Draft): Field[] {
  const mistakes: Field[] = []
  if (title.trim() === '') mistakes.push('title')
  if (fixed && !(Number.isInteger(capacity) && Number(capacity) >= 1 && Number(capacity) <= 100_000))
    mistakes.push('capacity')
  if (phases.length === 0) mistakes.push('phases')
  return mistakes
}

export const requestOf = ({
  title,
  prompt,
  fixed,
  capacity,
  ...rest
}: Draft): Omit<CreateBatch, 'example'> => ({
  ...rest,
  title: title.trim(),
  prompt: prompt.trim() === '' ? null : prompt,
  capacity: fixed ? Number(capacity) : null,
})
