import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import { LanguageSwitch } from '../../parts/LanguageSwitch.tsx'
import { Logo } from '../../parts/Logo.tsx'
import { FormProblem, Loading } from '../../parts/Waiting.tsx'
import { installationQuery, isInstallerQuery } from '../../session-of-staff.ts'
import { noteSignedOut } from '../../signed-out.ts'
import { DemoMark } from '../../parts/DemoMark.tsx'
import { MakeNetwork } from './MakeNetwork.tsx'
import { PasswordSignIn } from './PasswordSignIn.tsx'
import { SetPassword } from './SetPassword.tsx'
import { Words } from './Words.tsx'

interface LinkAnswer {
  readonly needsPassword: boolean
  readonly next: 'make-network' | 'console'
}

type Stage = 'password' | 'link' | 'set-password' | 'make-network' | 'no-network'

/** Signing in: by a one-time link (`/sign-in#…`), by password; the first person makes the network here. */
export function SignInPage() {
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as { readonly next?: string; readonly set?: string }
  const installation = useQuery(installationQuery).data
  const [token] = useState(() => window.location.hash.slice(1))
  const [stage, setStage] = useState<Stage>(
    token !== '' ? 'link' : search.set === 'password' ? 'set-password' : 'password',
  )
  const [error, setError] = useState<unknown>(null)
  const enter = useEnter(search.next)

  useEffect(() => {
    document.title = `${t('portal.sign-in.title')} · Lataamo`
    noteSignedOut(false)
  }, [t])
  const arrived = useEffectEvent((answer: LinkAnswer) => {
    if (answer.next === 'make-network') setStage('make-network')
    else if (answer.needsPassword) setStage('set-password')
    else void enter()
  })
  useEffect(() => {
    if (token === '') return
    spendLink(token)
      .then((answer) => arrived(answer))
      .catch((problem: unknown) => {
        setError(problem)
        setStage('password')
      })
  }, [token])

  const isInstaller = useIsInstaller(stage === 'password' && installation?.tenants === 'none')
  const shown =
    stage === 'password' && installation?.tenants === 'none' ? (isInstaller ? 'make-network' : 'no-network') : stage
  return (
    <div className="si">
      <main className="sib">
        <p className="row b t18 si-brand">
          <Logo />
          <span>Lataamo</span>
        </p>
        {installation?.demo === true && <DemoMark />}
        {shown === 'link' && <Loading rows={3} />}
        {shown === 'password' && (
          <PasswordSignIn done={enter}>
            {search.next !== undefined && error === null && <p className="mid">{t('portal.sign-in.goes-on')}</p>}
            {error !== null && <FormProblem error={error} />}
          </PasswordSignIn>
        )}
        {shown === 'set-password' && (
          <SetPassword asksCurrent={search.set === 'password' && token === ''} done={enter} />
        )}
        {shown === 'make-network' && <MakeNetwork done={() => setStage('set-password')} />}
        {shown === 'no-network' && <NoNetwork>{error !== null && <FormProblem error={error} />}</NoNetwork>}
        <LanguageSwitch />
      </main>
      <Aside />
    </div>
  )
}

const links = new Map<string, Promise<LinkAnswer>>()

// A link works once: React may run an effect twice, the server is asked once.
function spendLink(token: string): Promise<LinkAnswer> {
  const known = links.get(token)
  if (known !== undefined) return known
  window.history.replaceState(null, '', `${window.location.pathname}${window.location.search}`)
  const asked = call<LinkAnswer>('POST', '/v1/sign-in/link', { token })
  links.set(token, asked)
  return asked
}

/** Into the console: to where one wanted to go, within this site only. */
function useEnter(next: string | undefined): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    await client.resetQueries({ queryKey: ['me'] })
    await client.invalidateQueries({ queryKey: ['installation'] })
    const isOurs = next !== undefined && next.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\')
    const [path, search] = (isOurs ? next : '/').split('?')
    await navigate({ to: path ?? '/', search: Object.fromEntries(new URLSearchParams(search)) as never, replace: true })
  }
}

/** Nobody has made a network yet, and the one at the screen did not come by the link that may. */
function NoNetwork({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Words title={t('portal.sign-in.no-network.title')}>
      {children}
      <p className="mid">{t('portal.sign-in.no-network.text')}</p>
      <pre className="mono code">npx lataamo sign-in-link</pre>
    </Words>
  )
}

function Aside() {
  const { t } = useTranslation()
  return (
    <aside className="siw only-d">
      <div className="col g4">
        <p className="t22 b">{t('portal.sign-in.aside.title')}</p>
        <p className="t16">{t('portal.sign-in.aside.text')}</p>
      </div>
    </aside>
  )
}

/** A reload while the network is being made: the link is used up, but its session goes on. */
function useIsInstaller(isAsked: boolean): boolean {
  return useQuery({ ...isInstallerQuery, enabled: isAsked }).data === true
}
