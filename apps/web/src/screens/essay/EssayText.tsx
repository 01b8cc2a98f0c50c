import { memo, useMemo, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cutText, type Mark, type Piece, type Section } from './marks.ts'
import classes from './essay.module.css'

interface Props {
  text: string
  /** Of the essay, for the voice of a screen reader: "en-GB". */
  lang: string
  /** Of the layers that are shown, in the order of the text. */
  marks: readonly Mark[]
  selected: Mark | null
  hovered: Mark | null
  /** The marks must not change: they are called for each move of the mouse. */
  onSelect: (key: string) => void
  onHover: (key: string | null) => void
}

/** The essay as it was written, its marks where they stand. What is out of sight is not laid out. */
export function EssayText({ text, lang, marks, selected, hovered, onSelect, onHover }: Props) {
  const { t } = useTranslation('essay')
  const sections = useMemo(() => cutText(text, marks), [text, marks])
  if (sections.length === 0) return <p className={classes.quiet}>{t('text.empty')}</p>
  const keyOf = (event: MouseEvent): string | null =>
    (event.target as Element).closest<HTMLElement>('[data-mark]')?.dataset.mark ?? null
  const within = (section: Section, mark: Mark | null): string | null =>
    mark && mark.start < section.end && mark.end > section.start ? mark.key : null
  return (
    // The same is done by keyboard from the list beside the text; in the text it is a convenience of the mouse.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      className={classes.text}
      lang={lang}
      translate="no"
      onClick={(event) => {
        const key = keyOf(event)
        if (key !== null) onSelect(key)
      }}
      onMouseOver={(event) => onHover(keyOf(event))}
      onMouseLeave={() => onHover(null)}
      onFocus={() => onHover(null)}
    >
      {sections.map((section) => (
        <TextSection
          key={section.start}
          text={text}
          section={section}
          selected={within(section, selected)}
          hovered={within(section, hovered)}
        />
      ))}
    </div>
  )
}

const TextSection = memo(function TextSection({
  text,
  section,
  selected,
  hovered,
}: {
  text: string
  section: Section
  selected: string | null
  hovered: string | null
}) {
  return (
    <div className={classes.section}>
      {section.paragraphs.map((pieces) => (
        <p key={pieces[0]?.start} dir="auto">
          {pieces.map((piece) => (
            <MarkedPiece key={piece.start} text={text} piece={piece} selected={selected} hovered={hovered} />
          ))}
        </p>
      ))}
    </div>
  )
})

function MarkedPiece({
  text,
  piece,
  selected,
  hovered,
}: {
  text: string
  piece: Piece
  selected: string | null
  hovered: string | null
}) {
  const { t } = useTranslation('essay')
  let inner: ReactNode = showText(text.slice(piece.start, piece.end))
  for (const { key, layer } of piece.marks.toReversed())
    inner = (
      <mark
        className={`${classes.mark} ${classes[layer]}`}
        data-mark={key}
        data-selected={key === selected || undefined}
        data-hovered={key === hovered || undefined}
      >
        {inner}
      </mark>
    )
  return (
    <>
      {inner}
      {piece.ended.map(({ key, label, layer }) =>
        label === '' ? null : (
          <sup key={key} className={`${classes.label} ${classes[layer]}`} data-mark={key}>
            <span className={classes.unseen}> {t('text.label')} </span>
            {label}
          </sup>
        ),
      )}
    </>
  )
}

/** Overrides of the direction of writing would make visible letters read as others: they are shown as signs. */
function showText(text: string): ReactNode {
  if (!/[\u202d\u202e]/.test(text)) return text
  return text.split(/([\u202d\u202e])/).map((part, i) =>
    part === '\u202d' || part === '\u202e' ? (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={i} className={classes.sign}>
        {part === '\u202d' ? '⟨LRO⟩' : '⟨RLO⟩'}
      </span>
    ) : (
      part
    ),
  )
}
