import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router'
import { problemCode } from './api.ts'
import { tasks } from './console/tasks.ts'
import { languageFor } from './language.ts'
import { lazyPage } from './LazyPage.tsx'
import { NotFound } from './NotFound.tsx'
import { PageFailed } from './PageFailed.tsx'
import { openLiveEarly } from './live/connection.ts'
import { meQuery } from './session-of-staff.ts'
import { showLanguage } from './words.ts'

/** All pages: what a phone sees without signing in, signing in, and the console's tasks from their registry. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageFailed })
  const driver = createRoute({
    getParentRoute: () => root,
    path: '/s/$number',
    component: lazyPage(() => import('./driver/station/StationOfDriver.tsx'), 'StationOfDriver'),
  })
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: lazyPage(() => import('./console/sign-in/SignInPage.tsx'), 'SignInPage'),
  })
  const console = createRoute({
    getParentRoute: () => root,
    id: 'console',
    component: lazyPage(() => import('./console/Shell.tsx'), 'Shell'),
    beforeLoad: async ({ location }) => {
      try {
        const { staff } = await client.ensureQueryData(meQuery)
        openLiveEarly()
        await showLanguage(languageFor(staff.language))
      } catch (error) {
        if (problemCode(error) !== 'not-signed-in') throw error
        throw redirect({ to: '/sign-in' as string, search: { next: location.href } as never })
      }
    },
  })
  const home = createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/alerts' as string })
    },
  })
  const pages = tasks.flatMap((task) =>
    task.pages.map((page) =>
      createRoute({
        getParentRoute: () => console,
        path: page.path,
        component: lazyPage(page.load, page.name),
        staticData: { right: task.right, word: task.word } as never,
      }),
    ),
  )
  return createRouter({
    routeTree: root.addChildren([home, driver, signIn, console.addChildren(pages)]),
    defaultPreload: 'intent',
    scrollRestoration: true,
    // Plain query texts: filters in the address are read and typed by people.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const set = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
      return text === '' ? '' : `?${text}`
    },
    ...(history === undefined ? {} : { history }),
  })
}
