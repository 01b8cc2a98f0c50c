import { useTranslation } from 'react-i18next'
import { layers, type Layer, type Mark } from './marks.ts'
import classes from './essay.module.css'

/** The layers over the text: what each looks like, how much it holds, and whether it is shown. */
export function Layers({
  marks,
  hidden,
  onToggle,
}: {
  marks: readonly Mark[]
  hidden: ReadonlySet<Layer>
  onToggle: (layer: Layer) => void
}) {
  const { t } = useTranslation('essay')
  return (
    <div role="group" aria-label={t('layers.label')} className={classes.layers}>
      {layers.map((layer) => (
        <button
          key={layer}
          type="button"
          className={classes.layer}
          aria-pressed={!hidden.has(layer)}
          onClick={() => onToggle(layer)}
        >
          <svg aria-hidden viewBox="0 0 14 14" width="14" height="14" className={classes.box}>
            <rect x="0.75" y="0.75" width="12.5" height="12.5" rx="3" />
            <path d="m3.6 7.2 2.4 2.4 4.4-5" />
          </svg>
          <span className={`${classes.sample} ${classes[layer]}`}>{t(`layers.${layer}`)}</span>
          <span className={classes.quiet}>{marks.filter((mark) => mark.layer === layer).length}</span>
        </button>
      ))}
    </div>
  )
}
