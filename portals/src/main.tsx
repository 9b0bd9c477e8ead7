import './look/fonts.css'
import './look/tokens.css'
import './look/kit.css'
import './look/shell.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { problemCode } from './api.ts'
import { mendBrowserLanguage } from './browser-language.ts'
import { showScheme } from './color-scheme.ts'
import { languageFor } from './language.ts'
import { makeQueryClient } from './query-client.ts'
import { makeRouter } from './router.tsx'
import { meQuery } from './session-of-staff.ts'
import { noteSignedOut } from './signed-out.ts'
import { loadWords } from './words.ts'

mendBrowserLanguage(navigator)
showScheme()

const client = makeQueryClient()
const router = makeRouter(client)

// A session that ended while the page was open: one signs in over it, and goes on; without a page yet, first one signs in.
function askToSignIn(error: unknown): void {
  const here = router.state.location
  if (problemCode(error) !== 'not-signed-in' || here.pathname === '/sign-in') return
  if (client.getQueryData(meQuery.queryKey) !== undefined) {
    noteSignedOut(true)
    return
  }
  void router.navigate({ to: '/sign-in' as string, search: { next: here.href } as never })
}
client.getQueryCache().subscribe((event) => {
  if (event.type === 'updated' && event.action.type === 'error') askToSignIn(event.action.error)
})
client.getMutationCache().subscribe((event) => {
  if (event.type === 'updated' && event.action.type === 'error') askToSignIn(event.action.error)
})

const root = document.getElementById('root')
await loadWords(languageFor(null))
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
