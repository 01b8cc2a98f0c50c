import { Button, Group, Text } from '@mantine/core'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { choiceOfDrop, choiceOfInput, type Choice } from '../uploads/chosen.ts'
import classes from './drop-zone.module.css'

/**
 * "Drag files here or choose files": files, folders, zips. The whole window takes a drop while it is shown, so
 * that nobody misses the box, and the browser never opens a dropped file instead.
 */
export function DropZone({
  title,
  onChosen,
  children,
}: {
  title?: string
  onChosen: (choice: Choice) => void
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  useWindowDrop(onChosen, setOver)
  const choose = (event: React.ChangeEvent<HTMLInputElement>): void => {
    const { files: list } = event.currentTarget
    if (list && list.length > 0) onChosen(choiceOfInput(list))
    // The same file may be chosen again, after it was mended.
    event.currentTarget.value = ''
  }
  return (
    <section aria-label={t('drop.label')} className={classes.zone} data-over={over || undefined}>
      {title ? (
        <Text fw={600} mb="xs">
          {title}
        </Text>
      ) : null}
      <Group gap="xs" justify="center" wrap="wrap">
        <Text span>{over ? t('drop.now') : t('drop.drag')}</Text>
        <Button variant="default" size="sm" onClick={() => files.current?.click()}>
          {t('drop.choose')}
        </Button>
        <Button variant="subtle" size="sm" onClick={() => folder.current?.click()}>
          {t('drop.choose-folder')}
        </Button>
      </Group>
      {children}
      <input ref={files} type="file" multiple hidden data-testid="choose-files" onChange={choose} />
      <input
        ref={(input) => {
          folder.current = input
          input?.setAttribute('webkitdirectory', '')
        }}
        type="file"
        multiple
        hidden
        onChange={choose}
      />
    </section>
  )
}

function useWindowDrop(onChosen: (choice: Choice) => void, setOver: (over: boolean) => void): void {
  const chosen = useRef(onChosen)
  useEffect(() => void (chosen.current = onChosen))
  useEffect(() => {
    let depth = 0
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent): void => {
      if (hasFiles(event) && depth++ === 0) setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (hasFiles(event) && --depth === 0) setOver(false)
    }
    const hover = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer || !hasFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      void choiceOfDrop(event.dataTransfer).then((choice) => chosen.current(choice))
    }
    const listeners = { dragenter: enter, dragleave: leave, dragover: hover, drop }
    for (const [name, listener] of Object.entries(listeners))
      window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener)
    }
  }, [setOver])
}
