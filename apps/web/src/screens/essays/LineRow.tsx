import { ActionIcon, Button, Checkbox, Menu, Progress } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sayDuration } from '../../shared/time.ts'
import { Shape, type ShapeName } from '../../shared/Shape.tsx'
import type { FileActions } from './actions.ts'
import { reasonOf } from './reason.ts'
import type { Line, LineState } from './line.ts'
import { PhaseBar } from './PhaseBar.tsx'
import classes from './table.module.css'

const shapes: Record<LineState, ShapeName> = {
  queued: 'empty',
  sending: 'working',
  'sending-again': 'waiting',
  'not-sent': 'attention',
  reading: 'working',
  'waiting-for-slot': 'attention',
  rejected: 'attention',
  removed: 'removed',
  replaced: 'removed',
  checking: 'working',
  'check-failed': 'attention',
  duplicate: 'attention',
  'in-slot': 'waiting',
  done: 'done',
}

export interface LineRowProps {
  line: Line
  batchId: string
  capacity: number | null
  /** The name of the file that this one repeats. */
  duplicateOf: string | undefined
  selected: boolean
  active: boolean
  onSelect: (id: string, extend: boolean) => void
  onActive: (id: string) => void
  actions: FileActions
}

export const LineRow = memo(function LineRow(props: LineRowProps) {
  const { line, batchId, selected, actions, onSelect, onActive } = props
  const { t } = useTranslation(['essays', 'shared'])
  const { row, upload, state } = line
  const reason = reasonOf(t, props)
  const figure = (value: number | null | undefined): string => (value == null ? '–' : String(value))
  return (
    <div
      className={classes.cells}
      data-gone={state === 'removed' || state === 'replaced' || undefined}
      onFocus={() => onActive(line.id)}
    >
      <div role="gridcell" className={classes.check}>
        <Checkbox
          size="sm"
          aria-label={t('select', { name: line.name })}
          checked={selected}
          disabled={row === null}
          tabIndex={-1}
          onChange={() => {}}
          onClick={(event) => onSelect(line.id, event.shiftKey)}
        />
      </div>
      <div role="gridcell" className={classes.slot} data-label={t('sort.slot')}>
        {figure(row?.slot)}
      </div>
      <div role="gridcell" className={classes.name}>
        {row?.essayId && state !== 'removed' && state !== 'replaced' ? (
          <Link
            to="/batches/$batchId/essays/$essayId"
            params={{ batchId, essayId: row.essayId }}
            translate="no"
            tabIndex={-1}
            preload={false}
          >
            {line.name}
          </Link>
        ) : (
          <span translate="no">{line.name}</span>
        )}
        {row?.archive ? (
          <span className={classes.archive}> {t('why.archive', { archive: row.archive })}</span>
        ) : null}
      </div>
      <div role="gridcell" className={classes.figure} data-label={t('sort.words')}>
        {figure(row?.words)}
      </div>
      <div role="gridcell" className={classes.figure} data-label={t('sort.findings')}>
        {figure(row?.findings)}
      </div>
      <div role="gridcell" className={classes.bar}>
        {upload ? (
          <Progress
            size="sm"
            aria-label={t('sending.label')}
            value={upload.sizeBytes === 0 ? 0 : (100 * upload.sentBytes) / upload.sizeBytes}
          />
        ) : (
          <PhaseBar phases={row?.phases ?? {}} />
        )}
      </div>
      <div role="gridcell" className={classes.time}>
        {row?.durationMs == null ? '–' : sayDuration(row.durationMs)}
      </div>
      <div role="gridcell" className={classes.state} data-state={state}>
        <Shape name={shapes[state]} />
        <span>{t(`state.${state}`, { percent: percentOf(line) })}</span>
      </div>
      <div role="gridcell" className={classes.menu}>
        <RowMenu line={line} batchId={batchId} actions={actions} />
      </div>
      {reason ? (
        <div role="gridcell" className={classes.reason} data-quiet={reason.quiet || undefined}>
          {reason.text === '' ? null : (
            <span translate={reason.ownWords ? 'no' : undefined}>{reason.text}</span>
          )}
          <Remedies line={line} actions={actions} />
        </div>
      ) : null}
    </div>
  )
})

const percentOf = ({ upload }: Line): number =>
  upload && upload.sizeBytes > 0 ? Math.floor((100 * upload.sentBytes) / upload.sizeBytes) : 0

/** What to do about a line that needs the teacher, at hand. */
function Remedies({ line, actions }: { line: Line; actions: FileActions }) {
  const { t } = useTranslation(['essays', 'shared'])
  const { state } = line
  const button = (label: string, run: () => void) => (
    <Button size="compact-xs" variant="default" tabIndex={-1} onClick={run}>
      {label}
    </Button>
  )
  return (
    <span className={classes.remedies}>
      {state === 'rejected' ? button(t('do.replace-short'), () => actions.replace(line)) : null}
      {state === 'check-failed' ? button(t('do.retry'), () => actions.retry([line])) : null}
      {state === 'not-sent' ? button(t('do.send-again'), () => actions.sendAgain(line)) : null}
      {state === 'not-sent' ? button(t('do.drop'), () => actions.drop(line)) : null}
      {state === 'rejected' || state === 'duplicate' || state === 'waiting-for-slot'
        ? button(t('do.remove'), () => actions.remove([line]))
        : null}
      {state === 'removed' ? button(t('do.restore-short'), () => actions.restore([line])) : null}
    </span>
  )
}

/** The rest of what can be done, behind one button; the menu itself is made when it is opened. */
function RowMenu({ line, batchId, actions }: { line: Line; batchId: string; actions: FileActions }) {
  const { t } = useTranslation(['essays', 'shared'])
  const [wanted, setWanted] = useState(false)
  const { row, state } = line
  if (!row) return null
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      tabIndex={-1}
      aria-label={t('actions', { name: line.name })}
      aria-haspopup="menu"
      onClick={() => setWanted(true)}
    >
      <svg aria-hidden width="16" height="16" viewBox="0 0 16 16" fill="currentColor">
        <circle cx="3" cy="8" r="1.4" />
        <circle cx="8" cy="8" r="1.4" />
        <circle cx="13" cy="8" r="1.4" />
      </svg>
    </ActionIcon>
  )
  if (!wanted) return button
  const gone = state === 'removed' || state === 'replaced'
  return (
    <Menu opened onChange={setWanted} position="bottom-end" withinPortal>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {row.essayId && !gone ? (
          <Menu.Item component={Link} to={`/batches/${batchId}/essays/${row.essayId}`}>
            {t('do.open')}
          </Menu.Item>
        ) : null}
        {row.essayId && !gone ? (
          <Menu.Item onClick={() => actions.retry([line])}>{t('do.retry')}</Menu.Item>
        ) : null}
        {gone ? null : <Menu.Item onClick={() => actions.replace(line)}>{t('do.replace')}</Menu.Item>}
        <Menu.Item component={Link} to={`/files/${row.fileUploadId}/trace`}>
          {t('do.trace')}
        </Menu.Item>
        {row.sha256 ? (
          <Menu.Item component="a" href={`/api/v1/files/${row.fileUploadId}/original`} download>
            {t('do.original')}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        {state === 'removed' ? (
          <Menu.Item onClick={() => actions.restore([line])}>{t('do.restore')}</Menu.Item>
        ) : null}
        {gone ? null : <Menu.Item onClick={() => actions.remove([line])}>{t('do.remove')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
