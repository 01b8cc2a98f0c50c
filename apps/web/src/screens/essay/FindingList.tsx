import { Button } from '@mantine/core'
import { memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sayInteger } from '../../shared/figures.ts'
import { FindingDetail } from './Finding.tsx'
import type { Mark } from './marks.ts'
import classes from './essay.module.css'

/** So many are drawn at once: an essay of a megabyte may hold ten thousand. */
const shownAtOnce = 200

/** The marks as a list, each leading to its place in the text. */
export function FindingList({
  marks,
  selected,
  hovered,
  withDetail,
  onSelect,
  onHover,
}: {
  marks: readonly Mark[]
  selected: Mark | null
  hovered: Mark | null
  /** Whether the selected one says more right here. */
  withDetail: boolean
  onSelect: (key: string) => void
  onHover: (key: string | null) => void
}) {
  const { t } = useTranslation('essay')
  const [pages, setPages] = useState(1)
  const place = selected ? marks.indexOf(selected) : -1
  const end = Math.max(pages * shownAtOnce, place + 1)
  const rest = marks.length - end
  return (
    <>
      <ol className={classes.list}>
        {marks.slice(0, end).map((mark) => (
          <FindingLine
            key={mark.key}
            mark={mark}
            selected={mark === selected}
            hovered={mark === hovered}
            withDetail={withDetail}
            onSelect={onSelect}
            onHover={onHover}
          />
        ))}
      </ol>
      {rest > 0 ? (
        <Button variant="subtle" size="xs" onClick={() => setPages(Math.ceil(end / shownAtOnce) + 1)}>
          {t('list.more', { count: rest, value: sayInteger(rest) })}
        </Button>
      ) : null}
    </>
  )
}

const FindingLine = memo(function FindingLine({
  mark,
  selected,
  hovered,
  withDetail,
  onSelect,
  onHover,
}: {
  mark: Mark
  selected: boolean
  hovered: boolean
  withDetail: boolean
  onSelect: (key: string) => void
  onHover: (key: string | null) => void
}) {
  const { t } = useTranslation('essay')
  const line = useRef<HTMLLIElement>(null)
  const [first] = mark.suggestions
  useEffect(() => {
    if (selected) line.current?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  return (
    <li
      ref={line}
      className={classes.line}
      data-selected={selected || undefined}
      data-hovered={hovered || undefined}
    >
      <button
        type="button"
        className={classes.finding}
        aria-expanded={withDetail ? selected : undefined}
        aria-pressed={withDetail ? undefined : selected}
        data-finding={mark.key}
        onClick={() => onSelect(mark.key)}
        onMouseEnter={() => onHover(mark.key)}
        onMouseLeave={() => onHover(null)}
      >
        <span className={`${classes.number} ${classes[mark.layer]}`} translate="no">
          {mark.label || '·'}
        </span>
        <span className={classes.words}>
          <span translate="no">{mark.words}</span>
          {mark.layer !== 'names' && first !== undefined && first !== '' ? (
            <>
              <span aria-hidden className={classes.quiet}>
                {' → '}
              </span>
              <span className={classes.unseen}> {t('list.suggested')} </span>
              <b translate="no">{first}</b>
            </>
          ) : null}
        </span>
        <span className={classes.kind}>{t(`kind.${mark.kind}`)}</span>
      </button>
      {selected && withDetail ? (
        <FindingDetail
          mark={mark}
          onLeave={() => line.current?.querySelector<HTMLElement>('[data-finding]')?.focus()}
        />
      ) : null}
    </li>
  )
})
