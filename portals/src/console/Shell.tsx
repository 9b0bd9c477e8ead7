import '@mantine/core/styles.layer.css'
import { MantineProvider } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShownScheme } from '../color-scheme.ts'
import { useLiveFeed } from '../live/use-live.ts'
import { LiveBanner } from '../parts/LiveBanner.tsx'
import { Logo } from '../parts/Logo.tsx'
import { Page } from '../parts/Page.tsx'
import { showTimesIn } from '../parts/quantities.ts'
import { NoRight } from '../parts/Waiting.tsx'
import { meQuery } from '../session-of-staff.ts'
import { DemoMark } from '../parts/DemoMark.tsx'
import { Help } from './Help.tsx'
import { focusFilter, listenForKeys, moveRow, useKeys } from './keys.ts'
import { Rail } from './Rail.tsx'
import { SignInAgain } from './sign-in/SignInAgain.tsx'
import { type Task, tasks } from './tasks.ts'
import { cssVariablesResolver, theme } from './theme.ts'
import { TopBar } from './TopBar.tsx'

/** The frame of the console: bar, rail of what one may do, the page. */
export function Shell() {
  const scheme = useShownScheme()
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} forceColorScheme={scheme}>
      <Frame />
    </MantineProvider>
  )
}

function Frame() {
  const { t } = useTranslation()
  const me = useSuspenseQuery(meQuery).data
  const navigate = useNavigate()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const mine = tasks.filter((task) => me.rights.includes(task.right))
  showTimesIn(me.tenant.timeZone)
  useLiveFeed()
  useEffect(listenForKeys, [])
  useKeys([
    ...mine.map((task) => ({ keys: task.keys, word: task.word, run: () => void navigate({ to: task.pages[0].path }) })),
    { keys: 'j', word: 'portal.keys.next', run: () => moveRow(1) },
    { keys: 'k', word: 'portal.keys.previous', run: () => moveRow(-1) },
    { keys: '/', word: 'portal.keys.filter', run: focusFilter },
    { keys: '?', word: 'portal.keys.help', run: () => setHelpOpen(true) },
  ])
  return (
    <div className="op">
      <a className="skip btn main" href="#page">
        {t('portal.shell.skip')}
      </a>
      <Link to="/alerts" className="brand" aria-label={t('portal.shell.home', { tenant: me.tenant.name })}>
        <Logo />
        <span className="nm trunc">{me.tenant.name}</span>
      </Link>
      <TopBar me={me} />
      <Rail tasks={mine} help={() => setHelpOpen(true)} />
      <main id="page" tabIndex={-1}>
        {me.tenant.demo && <DemoMark />}
        <LiveBanner />
        <AllowedPage rights={me.rights} />
      </main>
      <SignInAgain me={me} />
      <Help isOpen={isHelpOpen} close={() => setHelpOpen(false)} />
    </div>
  )
}

function AllowedPage({ rights }: { readonly rights: readonly string[] }) {
  const { t } = useTranslation()
  const task = useMatches({
    select: (matches) =>
      matches.map((match) => match.staticData as Partial<Task>).find(({ right }) => right !== undefined),
  })
  if (task?.right === undefined || rights.includes(task.right)) return <Outlet />
  return (
    <Page title={t(task.word ?? '')}>
      <NoRight />
    </Page>
  )
}
