import { Container } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { KeyLayer } from '../shared/KeyLayer.tsx'
import { beginLive } from '../shared/live.ts'
import { UndoBar } from '../shared/undo.tsx'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { Header } from './Header.tsx'
import classes from './shell.module.css'

/** What surrounds every screen of whoever is signed in. */
export function Shell() {
  const { t } = useTranslation('shell')
  useEffect(() => {
    // The screen's own answers come first; most of them begin the stream.
    const timer = setTimeout(() => void beginLive(), 1500)
    return () => clearTimeout(timer)
  }, [])
  return (
    <>
      <a className={classes.skip} href="#main">
        {t('skip')}
      </a>
      <Header />
      <ConnectionBanner />
      <Container component="main" id="main" tabIndex={-1} size="80rem" py="xl" className={classes.main}>
        <Suspense fallback={<p className={classes.opening}>{t('opening')}</p>}>
          <Outlet />
        </Suspense>
      </Container>
      <UndoBar />
      <KeyLayer />
    </>
  )
}
