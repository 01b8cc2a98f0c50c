import type { PasswordInputProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SecretInput } from './SecretInput.tsx'

/** Where a password is chosen, always in the field `password`: says what makes a good one. */
export function NewPasswordInput({
  value,
  onPassword,
  ...rest
}: Pick<PasswordInputProps, 'label' | 'error'> & { value: string; onPassword: (password: string) => void }) {
  const { t } = useTranslation('sign-in')
  return (
    <SecretInput
      {...rest}
      name="password"
      description={t('invitation.password-why')}
      autoComplete="new-password"
      maxLength={128}
      value={value}
      onChange={(event) => onPassword(event.currentTarget.value)}
    />
  )
}
