import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BatchCounts } from '#contracts/results.ts'
import classes from './counts-line.module.css'

const parts = ['reading', 'slotsUsed', 'waitingForSlot', 'rejected', 'removed'] as const

/**
 * Every file accounted for, on one line that adds up: received = reading + in slots + waiting + rejected +
 * removed. A part that is none is left out; the sum stays right.
 */
export function CountsLine({ counts }: { counts: BatchCounts }) {
  const { t } = useTranslation()
  const shown = parts.filter((part) => counts[part] > 0)
  return (
    <Text component="p" size="sm" className={classes.line} data-testid="counts">
      <span>{t('counts.received', { count: counts.received })}</span>
      {shown.map((part, index) => (
        <span key={part} data-needs={part === 'rejected' || part === 'waitingForSlot' || undefined}>
          <span className={classes.sign}>{index === 0 ? ' = ' : ' + '}</span>
          {t(`counts.${part}`, { count: counts[part] })}
        </span>
      ))}
    </Text>
  )
}
