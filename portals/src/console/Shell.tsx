import '@mantine/core/styles.layer.css'
import { MantineProvider } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatches, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShownScheme } from '../color-scheme.ts'
import { useLiveFeed } from '../live/use-live.ts'
import { Icon } from '../parts/Icon.tsx'
import { LiveBanner } from '../parts/LiveBanner.tsx'
import { Logo } from '../parts/Logo.tsx'
import { showTimesIn } from '../parts/quantities.ts'
import { NoRight } from '../parts/Waiting.tsx'
import { meQuery } from '../session-of-staff.ts'
import { DemoMark } from './DemoMark.tsx'
import { Help } from './Help.tsx'
import { focusFilter, listenForKeys, moveRow, useKeys } from './keys.ts'
import { OpenAlerts } from './OpenAlerts.tsx'
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
      <nav className="rail" aria-label={t('portal.shell.nav')}>
        {mine.map((task) => (
          <RailLink key={task.id} task={task} />
        ))}
        <div className="end" />
        <button type="button" className="rail-help" onClick={() => setHelpOpen(true)}>
          <Icon name="help" />
          <span className="tx">{t('portal.keys.title')}</span>
          <span className="k dim t12" aria-hidden="true">
            ?
          </span>
        </button>
      </nav>
      <main id="page" tabIndex={-1}>
        {me.tenant.demo && <DemoMark />}
        <LiveBanner />
        <AllowedPage rights={me.rights} />
      </main>
      <Help isOpen={isHelpOpen} close={() => setHelpOpen(false)} />
    </div>
  )
}

function RailLink({ task }: { readonly task: Task }) {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const home = task.pages[0].path
  const isHere = path === home || path.startsWith(`${home}/`)
  const link = useRef<HTMLAnchorElement>(null)
  // On a phone the tasks are a bar that may be wider than the screen.
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isHere])
  return (
    <Link
      ref={link}
      to={home}
      className={isHere ? 'on' : ''}
      aria-current={isHere ? 'page' : undefined}
      title={t(task.word)}
    >
      <Icon name={task.icon} />
      <span className="tx">{t(task.word)}</span>
      {task.id === 'alerts' && <OpenAlerts />}
      <span className="k dim t12" aria-hidden="true">
        {task.keys.toUpperCase()}
      </span>
    </Link>
  )
}

function AllowedPage({ rights }: { readonly rights: readonly string[] }) {
  const needed = useMatches({
    select: (matches) => matches.map((match) => (match.staticData as { right?: string }).right).find(Boolean),
  })
  return needed !== undefined && !rights.includes(needed) ? <NoRight /> : <Outlet />
}
