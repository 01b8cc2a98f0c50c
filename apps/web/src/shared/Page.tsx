import { Group, Stack, Title } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import { useRouterState } from '@tanstack/react-router'

let pagesShown = 0

interface PageProps {
  title: string
  /** The title is the user's own words: nothing to translate. */
  ownWords?: boolean
  actions?: ReactNode
  children: ReactNode
}

/**
 * A screen: its heading is the page's title too, and takes the focus after a navigation, so that a screen reader
 * says where one is. `actions` stand beside the heading.
 */
export function Page({ title, ownWords, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    document.title = `${title} · Assay`
  }, [title])
  useEffect(() => {
    // The first page keeps the focus where the browser put it.
    if (pagesShown++ > 0) heading.current?.focus({ preventScroll: true })
  }, [pathname])
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="center" gap="sm">
        <Title order={1} ref={heading} tabIndex={-1} {...(ownWords ? { translate: 'no' } : {})}>
          {title}
        </Title>
        {actions ? <Group gap="sm">{actions}</Group> : null}
      </Group>
      {children}
    </Stack>
  )
}
