import i18next from 'i18next'
import { figuresLocale } from '../locales/language.ts'

const whole = new Intl.NumberFormat(figuresLocale, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(figuresLocale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const upToTenth = new Intl.NumberFormat(figuresLocale, { maximumFractionDigits: 1 })
const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte']

/** "1,204". */
export const sayInteger = (value: number): string => whole.format(value)
/** "3.8". */
export const sayDecimal = (value: number): string => tenth.format(value)

/** "3" or "3.5": on an axis, where the steps say how fine the figures are. */
export const sayTick = (value: number): string => upToTenth.format(value)

/** "13"; beyond school age the formula says nothing: "5 or younger", "18 or older". `age` in years. */
export function sayAge(age: number): string {
  const years = Math.round(age)
  if (years <= 5) return i18next.t('figures.youngest')
  return years >= 18 ? i18next.t('figures.oldest') : String(years)
}

/** "30 kB"; thousands, as file managers count. */
export function sayBytes(bytes: number): string {
  const power = Math.min(byteUnits.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(figuresLocale, {
    style: 'unit',
    unit: byteUnits[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** power)
}
