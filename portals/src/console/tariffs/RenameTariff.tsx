import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Tariff } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'

/** Another name for a tariff; its versions, and what was priced by them, stay as they are. */
export function RenameTariff({ tariff }: { readonly tariff: Tariff }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen(true)}>
        {t('portal.tariffs.rename.title')}
      </button>
      {isOpen && <Rename tariff={tariff} close={() => setOpen(false)} />}
    </>
  )
}

function Rename({ tariff, close }: { readonly tariff: Tariff; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(tariff.name)
  const save = useMutation({
    mutationFn: () => call<Tariff>('PATCH', `/v1/tariffs/${tariff.id}`, { name: name.trim() }),
    onSuccess: async (renamed) => {
      client.setQueryData(['tariff', tariff.id], renamed)
      await client.invalidateQueries({ queryKey: ['tariffs'] })
      close()
    },
  })
  return (
    <FormDialog
      title={t('portal.tariffs.rename.title')}
      does={t('portal.tariffs.rename.do')}
      act={save}
      close={close}
      isUnready={name.trim() === '' || name.trim() === tariff.name}
    >
      <Field
        label={t('portal.tariffs.name')}
        hint={t('portal.tariffs.rename.hint')}
        required
        maxLength={100}
        value={name}
        onText={setName}
      />
    </FormDialog>
  )
}
