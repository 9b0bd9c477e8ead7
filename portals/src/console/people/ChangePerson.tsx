import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Person, Role } from '../../api-types.ts'
import { changedMembers } from '../../parts/changed-members.ts'
import { Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { meQuery } from '../../session-of-staff.ts'
import { type Grant, GrantFields, isGranted } from './GrantFields.tsx'
import { LinkShown } from './LinkShown.tsx'

/** What somebody is called and may do; a new link, and leaving. */
export function ChangePerson({ person, close }: { readonly person: Person; readonly close: () => void }) {
  const { t } = useTranslation()
  const [before] = useState(() => ({ name: person.name, role: person.role as Role, sites: person.sites }))
  const [name, setName] = useState(before.name)
  const [grant, setGrant] = useState<Grant>(before)
  const save = useChange(person, close)
  const link = useMutation({
    mutationFn: () => call<{ readonly invitationUrl: string }>('POST', `/v1/staff/${person.id}/sign-in-link`, {}),
  })
  if (link.data !== undefined) return <LinkShown name={person.name} url={link.data.invitationUrl} close={close} />
  return (
    <FormDialog
      title={t('portal.people.edit.title', { name: person.name })}
      does={t('portal.people.edit.do')}
      act={{ ...save, mutate: () => save.mutate(changedMembers(before, { ...grant, name: name.trim() })) }}
      close={close}
      isUnready={name.trim() === '' || !isGranted(grant)}
      below={
        <div className="col g2 below">
          {person.status !== 'disabled' && (
            <>
              <p className="mid">{t('portal.people.link.note')}</p>
              <div>
                <button type="button" className="btn" disabled={link.isPending} onClick={() => link.mutate()}>
                  {t('portal.people.link.make')}
                </button>
              </div>
            </>
          )}
          <FormProblem error={link.error} />
          {person.status === 'active' && <SigningOut person={person} />}
          <Leaving person={person} close={close} />
        </div>
      }
    >
      <Field label={t('portal.people.name')} required maxLength={200} value={name} onText={setName} />
      <GrantFields grant={grant} set={setGrant} />
    </FormDialog>
  )
}

/** For somebody whose machine is in other hands, and who cannot do it themselves. */
function SigningOut({ person }: { readonly person: Person }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => call('POST', `/v1/staff/${person.id}/sign-out`, {}),
    // It may have been oneself.
    onSuccess: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  })
  return (
    <>
      <p className="mid">{t('portal.people.sign-out-note')}</p>
      <FormProblem error={signOut.error} />
      {signOut.isSuccess ? (
        <output className="m">{t('portal.people.signed-out')}</output>
      ) : (
        <div>
          <button type="button" className="btn" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('portal.people.sign-out')}
          </button>
        </div>
      )}
    </>
  )
}

/** Who leaves is disabled: what they did stays under their name. */
function Leaving({ person, close }: { readonly person: Person; readonly close: () => void }) {
  const { t } = useTranslation()
  const change = useChange(person, close)
  const isDisabled = person.status === 'disabled'
  return (
    <>
      <p className="mid">{t(isDisabled ? 'portal.people.enable-note' : 'portal.people.disable-note')}</p>
      <FormProblem error={change.error} />
      <div>
        <button
          type="button"
          className={isDisabled ? 'btn' : 'btn risk'}
          disabled={change.isPending}
          onClick={() => change.mutate({ status: isDisabled ? 'active' : 'disabled' })}
        >
          {t(isDisabled ? 'portal.people.enable' : 'portal.people.disable')}
        </button>
      </div>
    </>
  )
}

function useChange(person: Person, close: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (changes: object) => call<Person>('PATCH', `/v1/staff/${person.id}`, changes),
    onSuccess: async () => {
      close()
      await client.invalidateQueries({ queryKey: ['people'] })
      // It may have been oneself.
      await client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}
