import { Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchRow } from '#contracts/results.ts'
import type { Rows } from './rows.ts'
import classes from './essays.module.css'

/** How long slots are gathered, so that a screen reader says one sentence for a burst. */
const gatherMs = 1500

/** "maria-final.docx became essay 7." as it happens: the latest, and how many more came with it. */
export function Became({ rows }: { rows: Rows }) {
  const { t } = useTranslation('essays')
  const [said, setSaid] = useState('')
  const slots = useRef<Map<string, number | null> | null>(null)
  const news = useRef<BatchRow[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    if (!rows.complete) return
    const before = slots.current
    for (const row of rows.items) {
      if (row.slot !== null && before && (before.get(row.fileUploadId) ?? null) === null)
        news.current.push(row)
    }
    slots.current = new Map(rows.items.map((row) => [row.fileUploadId, row.slot]))
    if (news.current.length > 0)
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        const last = news.current.at(-1)
        const count = news.current.length - 1
        news.current = []
        if (!last) return
        const values = { name: last.fileName, slot: last.slot, count }
        setSaid(count === 0 ? t('became', values) : t('became-more', values))
      }, gatherMs)
  }, [rows, t])
  useEffect(() => () => clearTimeout(timer.current), [])

  return (
    <Text role="status" size="sm" c="dimmed" className={classes.became}>
      {said}
    </Text>
  )
}
