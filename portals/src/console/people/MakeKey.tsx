import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../parts/Dialog.tsx'
import { CopyField } from '../../parts/CopyField.tsx'
import { Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { useSendOnce } from '../../send-once.ts'
import { type Grant, GrantFields, isGranted } from './GrantFields.tsx'

/** A key for a program; shown once, then closed on purpose only. */
export function MakeKey({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [grant, setGrant] = useState<Grant>({ role: 'viewer', sites: 'all' })
  const sendOnce = useSendOnce()
  const make = useMutation({
    mutationFn: () => sendOnce<{ readonly key: string }>('/v1/keys', { name: name.trim(), ...grant }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['machine-keys'] }),
  })
  if (make.data !== undefined) {
    return (
      <Dialog
        onClose={close}
        title={t('portal.people.key.shown', { name: name.trim() })}
        withCloseButton={false}
        closeOnClickOutside={false}
        closeOnEscape={false}
      >
        <div className="col g3">
          <CopyField label={t('portal.people.key.label')} value={make.data.key} hint={t('portal.people.key.hint')} />
          <div className="row">
            <button type="button" className="btn main" onClick={close}>
              {t('portal.people.key.done')}
            </button>
          </div>
        </div>
      </Dialog>
    )
  }
  return (
    <FormDialog
      title={t('portal.people.key.title')}
      does={t('portal.people.key.do')}
      act={make}
      close={close}
      isUnready={!isGranted(grant)}
    >
      <Field
        label={t('portal.people.name')}
        hint={t('portal.people.key.name-hint')}
        required
        maxLength={200}
        value={name}
        onText={setName}
      />
      <GrantFields grant={grant} set={setGrant} />
    </FormDialog>
  )
}
