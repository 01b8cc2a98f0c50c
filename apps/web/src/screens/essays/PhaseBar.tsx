import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BatchRow } from '#contracts/results.ts'
import { phaseOrder } from './line.ts'
import classes from './table.module.css'

/** One piece for each phase: empty, waiting, half, full or broken, so that its form says it without colour. */
export function PhaseBar({ phases }: { phases: BatchRow['phases'] }) {
  const { t } = useTranslation(['essays', 'shared'])
  const said = phaseOrder.flatMap((phase) => {
    const status = phases[phase]
    if (!status) return []
    return [
      {
        phase,
        status,
        text: t('phase-is', { phase: t(`shared:phase.${phase}`), status: t(`shared:status.${status}`) }),
      },
    ]
  })
  if (said.length === 0) return <span className={classes.none}>–</span>
  return (
    <span className={classes.phases}>
      {said.map(({ phase, status, text }) => (
        <span key={phase} className={classes.phase} data-status={status} title={text}>
          <VisuallyHidden>{text}</VisuallyHidden>
        </span>
      ))}
    </span>
  )
}
