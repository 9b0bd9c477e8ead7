import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { IdToken } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { milliseconds } from '../../parts/quantities.ts'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { lastMinute, localFieldText } from '../../parts/zoned.ts'
import { useMe } from '../../session-of-staff.ts'

const formOf = (card: IdToken, timeZone: string) => ({
  label: card.label ?? '',
  class: card.class ?? '',
  validUntil: card.validUntil === undefined ? '' : localFieldText(milliseconds(card.validUntil), timeZone).slice(0, 10),
  maxSessions: card.maxSessions === undefined ? '' : String(card.maxSessions),
})
type CardForm = ReturnType<typeof formOf>

/** Changes what may be changed of a card: all but its number, and its status, which is a press of its own. */
export function EditCard({ card, close }: { readonly card: IdToken; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { timeZone } = useMe().tenant
  const [before] = useState(() => formOf(card, timeZone))
  const [form, setForm] = useState(before)
  const set = (name: keyof CardForm) => (text: string) => setForm({ ...form, [name]: text })
  const save = useMutation({
    mutationFn: () => call('PATCH', `/v1/id-tokens/${card.id}`, changesOf(before, form, timeZone)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['cards'] })
      close()
    },
  })
  return (
    <FormDialog
      title={t('portal.cards.edit.title', { last4: card.last4 })}
      does={t('portal.cards.edit.do')}
      act={save}
      close={close}
    >
      <Field
        label={t('portal.cards.add.label')}
        hint={t('portal.cards.add.label-hint')}
        value={form.label}
        onText={set('label')}
      />
      <Field
        label={t('portal.cards.class')}
        hint={t('portal.cards.edit.class-hint')}
        pattern="[A-Za-z0-9][A-Za-z0-9\-]*"
        maxLength={40}
        value={form.class}
        onText={set('class')}
      />
      <div className="cols">
        <Field label={t('portal.cards.until')} type="date" value={form.validUntil} onText={set('validUntil')} />
        <Field
          label={t('portal.cards.add.max')}
          type="number"
          min={1}
          value={form.maxSessions}
          onText={set('maxSessions')}
        />
      </div>
    </FormDialog>
  )
}

/** Only what differs: a day that was not touched keeps its hour. An empty field takes the member away. */
function changesOf(before: CardForm, form: CardForm, timeZone: string): object {
  const changed = (name: keyof CardForm): boolean => form[name].trim() !== before[name]
  const valueOf = <T,>(text: string, of: (text: string) => T): T | null => (text.trim() === '' ? null : of(text.trim()))
  return {
    ...(changed('label') ? { label: valueOf(form.label, (text) => text) } : {}),
    ...(changed('class') ? { class: valueOf(form.class, (text) => text.toLowerCase()) } : {}),
    ...(changed('validUntil') ? { validUntil: valueOf(form.validUntil, (day) => lastMinute(day, timeZone)) } : {}),
    ...(changed('maxSessions') ? { maxSessions: valueOf(form.maxSessions, Number) } : {}),
  }
}
