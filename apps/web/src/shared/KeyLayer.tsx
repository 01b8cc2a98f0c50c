import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { bound, onKey, showKeys, shown, useKeys } from './keys.tsx'
import { useStore } from './store.ts'

const Dialog = lazy(() => import('./KeyDialog.tsx').then(({ KeyDialog }) => ({ default: KeyDialog })))

/** Listens for the keys, and shows them all on "?". Part of the shell. */
export function KeyLayer() {
  const { t } = useTranslation()
  const open = useStore(shown)
  const keys = useStore(bound)
  useKeys([{ key: '?', says: t('keys.help'), run: showKeys }])
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return open ? (
    <Suspense fallback={null}>
      <Dialog keys={keys} onClose={() => shown.set(() => false)} />
    </Suspense>
  ) : null
}
