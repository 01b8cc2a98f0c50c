import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { router } from '../router.tsx'
import { queryClient } from '../shared/queries.ts'
import { colours, theme } from '../theme.ts'

/** Given with each answer, because the content security policy allows no other inline style. */
const styleNonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? ''
// What locks the page's scrolling behind a dialog brings a style of its own, and looks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: styleNonce })

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={colours}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
