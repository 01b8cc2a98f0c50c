import i18next from 'i18next'
import { figuresLocale } from '../locales/language.ts'

const relative = new Intl.RelativeTimeFormat(figuresLocale, { numeric: 'auto' })
const day = new Intl.DateTimeFormat(figuresLocale, { day: 'numeric', month: 'long' })
const dayOfYear = new Intl.DateTimeFormat(figuresLocale, { day: 'numeric', month: 'long', year: 'numeric' })
const clockTime = new Intl.DateTimeFormat(figuresLocale, { hour: '2-digit', minute: '2-digit' })

/** "just now", "2 minutes ago", "3 hours ago", "yesterday"; a week and more: the date. `now` in milliseconds. */
export function sayAgo(then: Date, now: number): string {
  // A server's clock may be a little ahead of this one.
  const seconds = Math.max(0, (now - then.getTime()) / 1000)
  if (seconds < 45) return i18next.t('time.just-now')
  if (seconds < 3570) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute')
  if (seconds < 84_600) return relative.format(-Math.round(seconds / 3600), 'hour')
  if (seconds < 7 * 86_400) return relative.format(-Math.round(seconds / 86_400), 'day')
  return (then.getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(then)
}

/** "3 March 2027". */
export const sayDay = (at: Date): string => dayOfYear.format(at)

/** "10:42". */
export const sayClock = (at: Date): string => clockTime.format(at)

/** "0.8 s", "12 s", "3 min 20 s". */
export function sayDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return i18next.t('time.seconds', { value: seconds.toFixed(1) })
  if (seconds < 60) return i18next.t('time.seconds', { value: Math.round(seconds) })
  const whole = Math.round(seconds)
  return i18next.t('time.minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 })
}
