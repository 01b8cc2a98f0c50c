import { figuresLocale } from '../../locales/language.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** "12 MB", "3.4 GB": thousands, as the system's own tools say it. */
export function sayBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return new Intl.NumberFormat(figuresLocale, {
    style: 'unit',
    unit: units[unit] as string,
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value)
}

const number = new Intl.NumberFormat(figuresLocale)
export const sayNumber = (value: number): string => number.format(value)
