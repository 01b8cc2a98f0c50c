import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** A password that can be shown, by keyboard too. */
export function SecretInput(props: PasswordInputProps) {
  const { t } = useTranslation('sign-in')
  return (
    <PasswordInput
      {...props}
      visibilityToggleButtonProps={{ 'aria-label': t('show-password'), tabIndex: 0 }}
    />
  )
}
