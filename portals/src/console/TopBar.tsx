import { Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api.ts'
import type { Me } from '../api-types.ts'
import { chooseScheme, useShownScheme } from '../color-scheme.ts'
import { useTick } from '../parts/Figures.tsx'
import { Icon } from '../parts/Icon.tsx'
import { DataAge } from '../parts/LiveBanner.tsx'
import { clockText } from '../parts/quantities.ts'
import { useKeys } from './keys.ts'

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
      <Person me={me} />
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

function Person({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const signOut = useMutation({
    mutationFn: () => call('POST', '/v1/sign-out', {}),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' as string })
      client.clear()
    },
  })
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <button
          type="button"
          className="btn quiet person"
          aria-label={t('portal.shell.person', { name: me.staff.name })}
        >
          <Icon name="user" />
          <span className="hide-m">{me.staff.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.staff.mail}</Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/sign-in' as string, search: { set: 'password' } as never })}>
          {t('portal.shell.password')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="out" />} onClick={() => signOut.mutate()}>
          {t('portal.shell.sign-out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
