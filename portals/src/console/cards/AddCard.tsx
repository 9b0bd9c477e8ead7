import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice, Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { lastMinute } from '../../parts/zoned.ts'
import { useSendOnce } from '../../send-once.ts'
import { useMe } from '../../session-of-staff.ts'

const types = ['ISO14443', 'ISO15693', 'eMAID', 'KeyCode', 'Central', 'MacAddress', 'Local']

const emptyForm = { uid: '', type: 'ISO14443', label: '', groupUid: '', validUntil: '', maxSessions: '', class: '' }

type CardForm = typeof emptyForm

export function AddCard({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { tenant } = useMe()
  const [form, setForm] = useState(emptyForm)
  const set = (name: keyof CardForm) => (text: string) => setForm({ ...form, [name]: text })
  const sendOnce = useSendOnce()
  const add = useMutation({
    mutationFn: () =>
      sendOnce('/v1/id-tokens', {
        uid: form.uid.replace(/[\s:-]/g, ''),
        type: form.type,
        status: 'active',
        ...(form.label === '' ? {} : { label: form.label }),
        ...(form.groupUid === '' ? {} : { groupUid: form.groupUid }),
        ...(form.validUntil === '' ? {} : { validUntil: lastMinute(form.validUntil, tenant.timeZone) }),
        ...(form.maxSessions === '' ? {} : { maxSessions: Number(form.maxSessions) }),
        ...(form.class === '' ? {} : { class: form.class.trim().toLowerCase() }),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['cards'] })
      close()
    },
  })
  return (
    <FormDialog title={t('portal.cards.add.title')} does={t('portal.cards.add.do')} act={add} close={close}>
      <CardFields form={form} set={set} />
    </FormDialog>
  )
}

function CardFields(props: {
  readonly form: CardForm
  readonly set: (name: keyof CardForm) => (text: string) => void
}) {
  const { t } = useTranslation()
  const { form, set } = props
  return (
    <>
      <Field
        label={t('portal.cards.add.uid')}
        hint={t('portal.cards.add.uid-hint')}
        required
        autoComplete="off"
        spellCheck={false}
        value={form.uid}
        onText={set('uid')}
      />
      <Field
        label={t('portal.cards.add.label')}
        hint={t('portal.cards.add.label-hint')}
        value={form.label}
        onText={set('label')}
      />
      <div className="cols">
        <Choice
          label={t('portal.cards.type')}
          value={form.type}
          onText={set('type')}
          options={types.map((value) => ({ value, text: value }))}
        />
        <Field label={t('portal.cards.until')} type="date" value={form.validUntil} onText={set('validUntil')} />
      </div>
      <div className="cols">
        <Field
          label={t('portal.cards.group')}
          hint={t('portal.cards.add.group-hint')}
          value={form.groupUid}
          onText={set('groupUid')}
        />
        <Field
          label={t('portal.cards.add.max')}
          type="number"
          min={1}
          value={form.maxSessions}
          onText={set('maxSessions')}
        />
      </div>
      <Field
        label={t('portal.cards.class')}
        hint={t('portal.cards.add.class-hint')}
        value={form.class}
        onText={set('class')}
      />
    </>
  )
}
