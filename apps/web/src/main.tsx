import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from './locales/language.ts'
import { App } from './shell/App.tsx'
import './styles.ts'

await startLanguage()
createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
