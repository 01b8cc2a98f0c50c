import i18next, { type BackendModule, type ResourceKey } from 'i18next'
import { initReactI18next } from 'react-i18next'
import shared from './en/shared.json'
import shell from './en/shell.json'
import home from './en/home.json'
import { insist } from '../shared/insist.ts'
import { pseudo } from './pseudo.ts'

/** The words of the first screen come with it; those of another screen with that screen. */
const first: Record<string, ResourceKey> = { shared, shell, home }
const others = import.meta.glob<ResourceKey>('./en/*.json', { import: 'default' })

const words: BackendModule = {
  type: 'backend',
  init: () => {},
  async read(language, namespace, done) {
    const load = others[`./en/${namespace}.json`]
    const english = first[namespace] ?? (load ? await insist(load) : {})
    done(null, language === 'pseudo' ? pseudo(english) : english)
  },
}

/** `?locale=pseudo` shows every translated word in brackets, for this tab, so that the others stand out. */
function wantedLanguage(): string {
  const asked = new URLSearchParams(location.search).get('locale')
  if (asked !== null) sessionStorage.setItem('assay.locale', asked)
  return sessionStorage.getItem('assay.locale') === 'pseudo' ? 'pseudo' : 'en'
}

export async function startLanguage(): Promise<void> {
  const language = wantedLanguage()
  document.documentElement.lang = 'en'
  await i18next
    .use(words)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      ns: Object.keys(first),
      defaultNS: 'shared',
      interpolation: { escapeValue: false },
    })
}

/** For `Intl`: how figures and dates are written. */
export const figuresLocale = 'en-GB'
