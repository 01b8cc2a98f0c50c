import { figuresLocale } from '../locales/language.ts'
import { useClock } from './clock.ts'
import { sayAgo } from './time.ts'

const exact = new Intl.DateTimeFormat(figuresLocale, { dateStyle: 'full', timeStyle: 'medium' })

/** "2 minutes ago"; exact on hover. */
export function Ago({ at }: { at: string }) {
  const now = useClock()
  const then = new Date(at)
  return (
    <time dateTime={at} title={exact.format(then)}>
      {sayAgo(then, now)}
    </time>
  )
}
