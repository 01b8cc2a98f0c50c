import { Button, CloseButton, Group, Paper, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { createStore, useStore } from './store.ts'
import classes from './undo.module.css'

interface Offer {
  /** What was done: "Removed maria-final.docx." */
  text: string
  undo: () => unknown
  until: number
}

const offer = createStore<Offer | null>(null)
const seconds = 10

/** Says what was just done and offers, for ten seconds, to take it back. A newer offer takes the older one's place. */
export function offerUndo(text: string, undo: () => unknown): void {
  offer.set(() => ({ text, undo, until: Date.now() + seconds * 1000 }))
}

const close = (): void => offer.set(() => null)

/** The bar of `offerUndo`; Ctrl+Z does the same. Part of the shell. */
export function UndoBar() {
  const { t } = useTranslation()
  const current = useStore(offer)
  useEffect(() => {
    if (!current) return
    const timer = setTimeout(close, current.until - Date.now())
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key !== 'z') return
      if ((event.target as Element).closest('input, textarea')) return
      event.preventDefault()
      close()
      current.undo()
    }
    document.addEventListener('keydown', onKey)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('keydown', onKey)
    }
  }, [current])
  return (
    <div role="status" className={classes.place}>
      {current ? (
        <Paper shadow="md" withBorder className={classes.bar}>
          <Group wrap="nowrap" gap="sm" p="xs" pl="md">
            <Text size="sm" className={classes.text}>
              {current.text}
            </Text>
            <Button
              size="xs"
              onClick={() => {
                close()
                current.undo()
              }}
            >
              {t('undo.undo')}
            </Button>
            <CloseButton aria-label={t('undo.close')} onClick={close} />
          </Group>
          <div key={current.until} className={classes.time} aria-hidden />
        </Paper>
      ) : null}
    </div>
  )
}
