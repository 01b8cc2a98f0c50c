import { Button, CloseButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassEssay, ClassView, EssayResult } from '#contracts/results.ts'
import { useKeys } from '../../shared/keys.tsx'
import { EssayText } from './EssayText.tsx'
import { Figures, Habits } from './Figures.tsx'
import { FileFacts } from './FileFacts.tsx'
import { FindingDetail } from './Finding.tsx'
import { FindingList } from './FindingList.tsx'
import { Layers } from './Layers.tsx'
import { layers, listMarks, type Layer, type Mark } from './marks.ts'
import { PhaseNotes } from './PhaseNotes.tsx'
import classes from './essay.module.css'

const route = getRouteApi('/signed-in/batches/$batchId/essays/$essayId')
const none: ReadonlySet<Layer> = new Set()

/** The text with its layers, and beside it the findings, the figures and the file. */
export function EssayBody({
  batchId,
  essay,
  line,
  view,
}: {
  batchId: string
  essay: EssayResult
  line: ClassEssay | null
  view: ClassView | null
}) {
  const { t } = useTranslation('essay')
  const { finding, hide } = route.useSearch()
  const navigate = route.useNavigate()
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false })
  const [hovered, setHovered] = useState<string | null>(null)
  const root = useRef<HTMLDivElement>(null)

  const all = useMemo(() => listMarks(essay), [essay])
  const hidden = useMemo(
    () => (hide === undefined ? none : new Set(layers.filter((layer) => hide.split(',').includes(layer)))),
    [hide],
  )
  const marks = useMemo(() => all.filter((mark) => !hidden.has(mark.layer)), [all, hidden])
  const byKey = useMemo(() => new Map(marks.map((mark) => [mark.key, mark])), [marks])
  const selected = finding === undefined ? null : (byKey.get(String(finding)) ?? null)

  const select = useCallback(
    (key: string | null) =>
      void navigate({
        search: ({ finding: _before, ...rest }) =>
          // A number stays one, so that the address reads ?finding=3.
          key === null ? rest : { ...rest, finding: /^\d+$/.test(key) ? Number(key) : key },
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  const toggle = (layer: Layer): void => {
    const now = layers.filter((each) => hidden.has(each) !== (each === layer))
    void navigate({
      search: ({ hide: _before, ...rest }) => (now.length === 0 ? rest : { ...rest, hide: now.join(',') }),
      replace: true,
      resetScroll: false,
    })
  }
  useEffect(() => {
    if (selected === null) return
    const place = root.current?.querySelector(`mark[data-mark="${selected.key}"]`)
    if (place && !isInSight(place)) place.scrollIntoView({ block: 'center' })
  }, [selected])

  /** The next mark in the direction; without one selected the first or the last. */
  const step = (by: 1 | -1): unknown => {
    if (marks.length === 0) return false
    const from = selected ? marks.indexOf(selected) : by === 1 ? -1 : marks.length
    const to = marks[from + by]
    if (to) select(to.key)
    return true
  }
  const focusFinding = (): void =>
    root.current?.querySelector<HTMLElement>(`[data-finding="${selected?.key ?? ''}"]`)?.focus()
  useKeys([
    { key: 'ArrowUp', says: t('keys.up'), run: () => step(-1) },
    { key: 'ArrowDown', says: t('keys.down'), run: () => step(1) },
    {
      key: 'Enter',
      says: t('keys.open'),
      run: () => {
        const first = root.current?.querySelector<HTMLElement>('[data-suggestion]')
        first?.focus()
        return first !== null && first !== undefined
      },
    },
    { key: 'Escape', says: t('keys.leave'), run: () => (selected ? select(null) : false) },
  ])

  const known = essay.spelling.status === 'succeeded' || essay.language.status === 'succeeded'
  return (
    <div ref={root} className={classes.columns}>
      <section className={classes.sheet} aria-label={t('text.title')}>
        {known ? <Layers marks={all} hidden={hidden} onToggle={toggle} /> : null}
        <EssayText
          text={essay.text ?? ''}
          lang={view?.locale ?? 'en'}
          marks={marks}
          selected={selected}
          hovered={byKey.get(hovered ?? '') ?? null}
          onSelect={select}
          onHover={setHovered}
        />
        {!wide && selected ? (
          <Card mark={selected} onClose={() => select(null)} onStep={step} onLeave={focusFinding} />
        ) : null}
      </section>
      <section className={`${classes.panel} ${classes.findings}`} aria-labelledby="findings-title">
        <h2 id="findings-title">{t('list.title')}</h2>
        <PhaseNotes batchId={batchId} essay={essay} />
        {known ? (
          <>
            {marks.length === 0 ? (
              <p className={classes.quiet}>{t(all.length === 0 ? 'list.none' : 'list.all-hidden')}</p>
            ) : (
              // Focused by its buttons; scrolled by keyboard through them.
              <div className={classes.scroll}>
                <FindingList
                  marks={marks}
                  selected={selected}
                  hovered={byKey.get(hovered ?? '') ?? null}
                  withDetail={wide}
                  onSelect={select}
                  onHover={setHovered}
                />
              </div>
            )}
            <p className={classes.meaning}>{t('machine')}</p>
          </>
        ) : null}
        <p role="status" className={classes.unseen}>
          {selected ? (
            <Announcement mark={selected} place={marks.indexOf(selected) + 1} of={marks.length} />
          ) : (
            ''
          )}
        </p>
      </section>
      <div className={classes.below}>
        <section className={classes.panel} aria-labelledby="figures-title">
          <h2 id="figures-title">{t('figures.title')}</h2>
          <Figures essay={essay} line={line} view={view} />
          <Habits essay={essay} />
        </section>
        <section className={classes.panel} aria-labelledby="file-title">
          <h2 id="file-title">{t('file.title')}</h2>
          <FileFacts batchId={batchId} essay={essay} />
        </section>
      </div>
    </div>
  )
}

/** What a screen reader hears when another finding is chosen. */
function Announcement({ mark, place, of }: { mark: Mark; place: number; of: number }) {
  const { t } = useTranslation('essay')
  return (
    <>
      {t('announce', { place, of, kind: t(`kind.${mark.kind}`) })} <span translate="no">{mark.words}</span>{' '}
      {mark.suggestions.length > 0 ? (
        <>
          {t('suggestions.title')} <span translate="no">{mark.suggestions.join(', ')}</span>
        </>
      ) : null}
    </>
  )
}

/** The chosen finding at the foot of a narrow window, where the list is out of sight. */
function Card({
  mark,
  onClose,
  onStep,
  onLeave,
}: {
  mark: Mark
  onClose: () => void
  onStep: (by: 1 | -1) => void
  onLeave: () => void
}) {
  const { t } = useTranslation('essay')
  return (
    <section className={classes.card} aria-label={t('card.title')}>
      <div className={classes.cardHead}>
        <b translate="no">{mark.words}</b>
        <span className={classes.quiet}>{t(`kind.${mark.kind}`)}</span>
        <CloseButton aria-label={t('card.close')} onClick={onClose} ml="auto" />
      </div>
      <FindingDetail mark={mark} onLeave={onLeave} />
      <div className={classes.cardFoot}>
        <Button size="xs" variant="default" onClick={() => onStep(-1)}>
          {t('card.previous')}
        </Button>
        <Button size="xs" variant="default" onClick={() => onStep(1)}>
          {t('card.next')}
        </Button>
      </div>
    </section>
  )
}

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return top >= 80 && bottom <= innerHeight - 80
}
