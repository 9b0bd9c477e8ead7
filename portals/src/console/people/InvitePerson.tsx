import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { useSendOnce } from '../../send-once.ts'
import { type Grant, GrantFields, isGranted } from './GrantFields.tsx'
import { LinkShown } from './LinkShown.tsx'

/** Somebody new: the link is handed to them by hand, for no mail is sent yet. */
export function InvitePerson({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [mail, setMail] = useState('')
  const [grant, setGrant] = useState<Grant>({ role: 'operator', sites: 'all' })
  const sendOnce = useSendOnce()
  const invite = useMutation({
    mutationFn: () =>
      sendOnce<{ readonly invitationUrl: string }>('/v1/staff', { name: name.trim(), mail: mail.trim(), ...grant }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }),
  })
  if (invite.data !== undefined) return <LinkShown name={name.trim()} url={invite.data.invitationUrl} close={close} />
  return (
    <FormDialog
      title={t('portal.people.invite.title')}
      does={t('portal.people.invite.do')}
      act={invite}
      close={close}
      isUnready={!isGranted(grant)}
    >
      <Field label={t('portal.people.name')} required maxLength={200} value={name} onText={setName} />
      <Field
        label={t('portal.sign-in.mail')}
        type="email"
        required
        autoComplete="off"
        hint={t('portal.people.invite.mail-hint')}
        value={mail}
        onText={setMail}
      />
      <GrantFields grant={grant} set={setGrant} />
    </FormDialog>
  )
}
