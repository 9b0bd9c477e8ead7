import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { Command, Station } from '../../api-types.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { Field } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { CommandSteps } from './CommandSteps.tsx'
import { isFinal } from './station-query.ts'
import { useSendCommand } from './use-send-command.ts'

type Setting = NonNullable<NonNullable<Command['answer']>['settings']>[number]

/** The station's own settings: read from it when the dialog opens, written one at a time, with the steps of each. */
export function SettingsDialog({ station, close }: { readonly station: Station; readonly close: () => void }) {
  const { t } = useTranslation()
  const read = useSendCommand(station.id)
  const [filter, setFilter] = useState('')
  const { mutate } = read
  useEffect(() => mutate({ kind: 'read-settings' }), [mutate])
  const reading = useCommand(read.data)
  const needle = filter.toLowerCase()
  const settings = reading?.answer?.settings?.filter(({ name }) => name.toLowerCase().includes(needle))
  return (
    <Dialog size="lg" onClose={close} title={t('portal.stations.settings.title')}>
      <div className="col g3">
        <FormProblem error={read.error} />
        {reading === undefined && read.error === null && <p className="mid">{t('portal.stations.sending')}</p>}
        {reading !== undefined && settings === undefined && <CommandSteps command={reading} />}
        {settings !== undefined && (
          <>
            <Field label={t('portal.stations.settings.filter')} type="search" value={filter} onText={setFilter} />
            <ul className="list-plain panel">
              {settings.map((setting) => (
                <SettingRow key={setting.name} station={station} setting={setting} />
              ))}
            </ul>
          </>
        )}
        <details>
          <summary className="t12 dim">{t('portal.stations.settings.by-name')}</summary>
          <NamedSetting station={station} />
        </details>
      </div>
    </Dialog>
  )
}

function SettingRow({ station, setting }: { readonly station: Station; readonly setting: Setting }) {
  const { t } = useTranslation()
  const [value, setValue] = useState(setting.value ?? '')
  return (
    <li className="col g2">
      {setting.readonly === true ? (
        <div className="row between wrap">
          <span className="mono break">{setting.name}</span>
          <span className="mono break">
            {setting.value ?? '–'} <span className="dim">{t('portal.stations.settings.read-only')}</span>
          </span>
        </div>
      ) : (
        <Write station={station} name={setting.name} value={value} isChanged={value !== (setting.value ?? '')}>
          <Field label={setting.name} value={value} onText={setValue} />
        </Write>
      )}
    </li>
  )
}

function NamedSetting({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  return (
    <Write station={station} name={name} value={value} isChanged={name !== ''}>
      <div className="cols">
        <Field label={t('portal.stations.settings.name')} value={name} onText={setName} />
        <Field label={t('portal.stations.settings.value')} value={value} onText={setValue} />
      </div>
    </Write>
  )
}

function Write(props: {
  readonly station: Station
  readonly name: string
  readonly value: string
  readonly isChanged: boolean
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const write = useSendCommand(props.station.id)
  const written = useCommand(write.data)
  function submit(event: FormEvent) {
    event.preventDefault()
    write.mutate({ kind: 'write-settings', settings: [{ name: props.name, value: props.value }] })
  }
  return (
    <form className="col g2" onSubmit={submit}>
      {props.children}
      {props.isChanged && (
        <button type="submit" className="btn sm" disabled={write.isPending}>
          <Icon name="check" />
          {t('portal.stations.settings.write')}
        </button>
      )}
      <FormProblem error={write.error} />
      {written !== undefined && <CommandSteps command={written} />}
    </form>
  )
}

/** The newest state of a command that was sent from here. */
function useCommand(sent: Command | undefined): Command | undefined {
  const { data } = useQuery({
    queryKey: ['command', sent?.id],
    queryFn: () => get<Command>(`/v1/commands/${sent?.id ?? ''}`),
    enabled: sent !== undefined,
    refetchInterval: ({ state }) => (state.data !== undefined && isFinal(state.data) ? false : 1500),
  })
  return data ?? sent
}
