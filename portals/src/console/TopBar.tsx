import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '../api-types.ts'
import { chooseScheme, useShownScheme } from '../color-scheme.ts'
import { useTick } from '../parts/Figures.tsx'
import { Icon } from '../parts/Icon.tsx'
import { DataAge } from '../parts/LiveBanner.tsx'
import { clockText } from '../parts/quantities.ts'
import { useKeys } from './keys.ts'
import { PersonMenu } from './PersonMenu.tsx'

/** The bar: finding a station, how live the page is, the tenant's clock, light or dark, oneself. */
export function TopBar({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const scheme = useShownScheme()
  return (
    <header className="top">
      <FindStation />
      <span className="grow" />
      <DataAge />
      <SiteClock timeZone={me.tenant.timeZone} />
      <button
        type="button"
        className="btn quiet icon"
        aria-label={t(scheme === 'dark' ? 'portal.shell.to-light' : 'portal.shell.to-dark')}
        onClick={() => chooseScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <PersonMenu me={me} />
    </header>
  )
}

function FindStation() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const field = useRef<HTMLInputElement>(null)
  useKeys([{ keys: 'Ctrl K', word: 'portal.shell.find', run: () => field.current?.focus() }])
  function find(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const q = field.current?.value.trim() ?? ''
    void navigate({ to: '/stations' as string, search: (q === '' ? {} : { q }) as never })
  }
  return (
    <search className="find">
      <form className="pal" onSubmit={find}>
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          className="bare grow"
          aria-label={t('portal.shell.find')}
          placeholder={t('portal.shell.find-hint')}
        />
        <kbd className="hide-m" aria-hidden="true">
          Ctrl K
        </kbd>
      </form>
    </search>
  )
}

function SiteClock({ timeZone }: { readonly timeZone: string }) {
  const now = useTick(10_000)
  const place = timeZone.split('/').pop()?.replaceAll('_', ' ') ?? timeZone
  return (
    <span className="row dim hide-m site-clock">
      <Icon name="clock" />
      <span className="nowrap">
        {clockText(now)} {place}
      </span>
    </span>
  )
}
