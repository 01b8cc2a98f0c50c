import { useId, useState } from 'react'
import { asProblem } from './api.ts'

export interface FieldErrors<F extends string> {
  /** The id that the form carries: by it the field to focus is found. */
  id: string
  /** The message at each field. */
  errors: Partial<Record<F, string>>
  /** What failed and belongs to no field; null when nothing did. */
  failure: unknown
  /** Shows them and puts the focus on the first field that has one. True when there is one. */
  show(errors: Partial<Record<F, string>>): boolean
  /** The same for what the server answered; what names none of the fields is the `failure`. */
  showProblem(error: unknown): void
  clear(): void
}

/** The errors of a form whose fields have these names, in their order on the page. */
export function useFieldErrors<F extends string>(fields: readonly F[]): FieldErrors<F> {
  const id = useId()
  const [errors, setErrors] = useState<Partial<Record<F, string>>>({})
  const [failure, setFailure] = useState<unknown>(null)
  function show(next: Partial<Record<F, string>>): boolean {
    setErrors(next)
    setFailure(null)
    const first = fields.find((field) => next[field] !== undefined)
    const form = document.getElementById(id)
    const named =
      first !== undefined && form instanceof HTMLFormElement ? form.elements.namedItem(first) : null
    const control = named instanceof RadioNodeList ? named[0] : named
    if (control instanceof HTMLElement) control.focus()
    return first !== undefined
  }
  return {
    id,
    errors,
    failure,
    show,
    showProblem(error) {
      const problem = asProblem(error)
      const found: Partial<Record<F, string>> = {}
      for (const field of fields) {
        const message = problem.at(field)
        if (message !== undefined) found[field] = message
      }
      if (!show(found)) setFailure(error)
    },
    clear: () => void show({}),
  }
}
