import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from './locales/language.ts'
import { App } from './shell/App.tsx'
import { startFreshness } from './shared/freshness.ts'
import { startLive } from './shared/live.ts'
import './styles.ts'

startLive()
startFreshness()
await startLanguage()
createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
