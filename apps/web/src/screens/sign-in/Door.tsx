import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import { Page } from '../../shared/Page.tsx'
import classes from './door.module.css'

/** A screen before anyone has signed in: one card, no navigation. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.place}>
      <div className={classes.card}>
        <div className={classes.mark}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <span translate="no">Assay</span>
        </div>
        <Paper withBorder bg="var(--paper)" p="xl">
          <Page title={title}>{children}</Page>
        </Paper>
      </div>
    </main>
  )
}
