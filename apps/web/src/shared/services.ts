import { useTranslation } from 'react-i18next'

const known = [
  'files',
  'essays',
  'batches',
  'spelling',
  'language',
  'results',
  'trace',
  'realtime',
  'identity',
  'health',
] as const
type Known = (typeof known)[number]

const isKnown = (name: string): name is Known => (known as readonly string[]).includes(name)

/** What people call a service, and what it does; a service without words keeps its own name. */
export function useServices(): {
  nameOf(service: string): string
  deedOf(subscription: string): string | null
} {
  const { t } = useTranslation('services')
  return {
    nameOf: (service) => (isKnown(service) ? t(`name.${service}`) : service),
    deedOf: (subscription) => (isKnown(subscription) ? t(`does.${subscription}`) : null),
  }
}
