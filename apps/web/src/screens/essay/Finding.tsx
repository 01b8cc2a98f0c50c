import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import type { Mark } from './marks.ts'
import classes from './essay.module.css'

/** What is said about one mark, with its suggestions to copy. The essay itself is never changed. */
export function FindingDetail({ mark, onLeave }: { mark: Mark; onLeave: () => void }) {
  const { t } = useTranslation('essay')
  return (
    <div className={classes.detail} id={`detail-${mark.key}`}>
      <p>{mark.message === null ? t(`meaning.${mark.kind}`) : <span translate="no">{mark.message}</span>}</p>
      {mark.suggestions.length > 0 ? (
        <>
          <p className={classes.quiet} id={`suggestions-${mark.key}`}>
            {t('suggestions.title')}
          </p>
          <ul className={classes.suggestions} aria-labelledby={`suggestions-${mark.key}`}>
            {mark.suggestions.map((suggestion) => (
              <li key={suggestion}>
                <Suggestion text={suggestion} onLeave={onLeave} />
              </li>
            ))}
          </ul>
        </>
      ) : mark.layer === 'names' ? null : (
        <p className={classes.quiet}>{t('suggestions.none')}</p>
      )}
    </div>
  )
}

function Suggestion({ text, onLeave }: { text: string; onLeave: () => void }) {
  const { t } = useTranslation('essay')
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <button
      type="button"
      className={classes.suggestion}
      data-suggestion
      title={t('suggestions.copy')}
      onClick={() => clipboard.copy(text)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onLeave()
      }}
    >
      <span translate="no">{text === '' ? t('suggestions.leave-out') : text}</span>
      <span aria-live="polite" className={classes.copied}>
        {clipboard.copied ? t('suggestions.copied') : ''}
      </span>
    </button>
  )
}
