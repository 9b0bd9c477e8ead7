import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Station } from '../../api-types.ts'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { useMe } from '../../session-of-staff.ts'
import { changesOfStation, formOfStation, type SetForm } from './edit-form.ts'
import { EditFields } from './EditFields.tsx'
import { NewPassword } from './NewPassword.tsx'
import { changesOfPlugs, plugsOf } from './plug-form.ts'
import { PlugFields } from './PlugFields.tsx'
import { RemoveStation } from './RemoveStation.tsx'

/** What we have set about a station: name, site, place, state, connection, tariff, limits; a new password; removing it. */
export function EditStation({ station, close }: { readonly station: Station; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { timeZone } = useMe().tenant
  // As it was when the form was opened: what a colleague sets meanwhile is no change of whoever fills it in.
  const [before] = useState(() => formOfStation(station, timeZone))
  const [form, setForm] = useState(before)
  const [plugsBefore] = useState(() => plugsOf(station))
  const [plugs, setPlugs] = useState(plugsBefore)
  const set = (name: keyof SetForm) => (text: string) => setForm({ ...form, [name]: text })
  const save = useMutation({
    mutationFn: () =>
      call<Station>('PATCH', `/v1/stations/${station.id}`, {
        ...changesOfStation(before, form, timeZone),
        ...changesOfPlugs(plugsBefore, plugs),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['station', station.id] })
      void client.invalidateQueries({ queryKey: ['map'] })
      close()
    },
  })
  return (
    <FormDialog
      title={t('portal.stations.edit.title')}
      does={t('portal.stations.edit.save')}
      act={save}
      close={close}
      below={
        <>
          <NewPassword station={station} />
          <RemoveStation station={station} />
        </>
      }
    >
      <EditFields before={before} form={form} set={set}>
        <PlugFields plugs={plugs} onChange={setPlugs} />
      </EditFields>
    </FormDialog>
  )
}
