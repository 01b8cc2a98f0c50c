import { useTranslation } from 'react-i18next'
import type { Role } from '#contracts/identity.ts'
import { figuresLocale } from '../../locales/language.ts'

export const roles = ['admin', 'teacher', 'judge', 'student'] as const satisfies readonly Role[]

const list = new Intl.ListFormat(figuresLocale)
const date = new Intl.DateTimeFormat(figuresLocale, { dateStyle: 'long' })
const moment = new Intl.DateTimeFormat(figuresLocale, { dateStyle: 'long', timeStyle: 'short' })

export const sayDate = (at: string): string => date.format(new Date(at))
export const sayMoment = (at: string): string => moment.format(new Date(at))

/** "administrator and teacher". */
export function useRoles(): { sayRole(role: Role): string; sayRoles(roles: readonly Role[]): string } {
  const { t } = useTranslation('sign-in')
  const sayRole = (role: Role): string => t(`role.${role}`)
  return { sayRole, sayRoles: (given) => list.format(given.map(sayRole)) }
}

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/** The browser and the system that a `User-Agent` names; null when it names none that people know. */
export function readAgent(agent: string | null): { browser: string; system: string } | null {
  const browser = browsers.find(([pattern]) => pattern.test(agent ?? ''))?.[1]
  const system = systems.find(([pattern]) => pattern.test(agent ?? ''))?.[1]
  return browser && system ? { browser, system } : null
}
