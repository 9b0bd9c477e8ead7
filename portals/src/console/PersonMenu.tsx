import { Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api.ts'
import type { Me } from '../api-types.ts'
import { availableLanguages, chooseHere, languageFor, ownName } from '../language.ts'
import { FormDialog } from '../parts/FormDialog.tsx'
import { Icon } from '../parts/Icon.tsx'
import { meQuery } from '../session-of-staff.ts'
import { showLanguage } from '../words.ts'
import { SignOutEverywhere } from './SignOutEverywhere.tsx'

/** Oneself: language, password, leaving. */
export function PersonMenu({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isLeavingAll, setLeavingAll] = useState(false)
  const left = async () => {
    await navigate({ to: '/sign-in' as string })
    client.clear()
  }
  const signOut = useMutation({ mutationFn: () => call('POST', '/v1/sign-out', {}), onSuccess: left })
  return (
    <>
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
          <Menu.Divider />
          <Menu.Label>{t('portal.language.choose')}</Menu.Label>
          <Languages me={me} />
          <Menu.Divider />
          <Menu.Item onClick={() => void navigate({ to: '/sign-in' as string, search: { set: 'password' } as never })}>
            {t('portal.shell.password')}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="out" />} onClick={() => signOut.mutate()}>
            {t('portal.shell.sign-out')}
          </Menu.Item>
          <Menu.Item onClick={() => setLeavingAll(true)}>{t('portal.shell.everywhere')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isLeavingAll && <SignOutEverywhere left={left} close={() => setLeavingAll(false)} />}
      {signOut.isError && (
        <FormDialog
          title={t('portal.shell.still-in')}
          does={t('portal.shell.sign-out')}
          act={{ ...signOut, mutate: () => signOut.mutate() }}
          close={signOut.reset}
        >
          <p>{t('portal.shell.still-in-text')}</p>
        </FormDialog>
      )}
    </>
  )
}

const asBrowser = 'as-browser'

/** Kept with the account, so that it is the same on every machine; texts of the server follow. */
function Languages({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const choose = useMutation({
    mutationFn: (language: string | null) => call('POST', '/v1/me/language', { language }),
    onSuccess: async (_, language) => {
      chooseHere(language)
      client.setQueryData(meQuery.queryKey, { ...me, staff: { ...me.staff, language } })
      await showLanguage(languageFor(language))
      await client.invalidateQueries()
    },
  })
  return (
    <Menu.RadioGroup
      value={me.staff.language ?? asBrowser}
      onChange={(value) => choose.mutate(value === asBrowser ? null : value)}
    >
      {availableLanguages().map((tag) => (
        <Menu.RadioItem key={tag} value={tag} lang={tag} closeMenuOnClick>
          {ownName(tag)}
        </Menu.RadioItem>
      ))}
      <Menu.RadioItem value={asBrowser} closeMenuOnClick>
        {t('portal.language.as-browser')}
      </Menu.RadioItem>
    </Menu.RadioGroup>
  )
}
