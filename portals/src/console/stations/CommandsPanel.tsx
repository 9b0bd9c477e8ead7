import { useIsMutating, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { Command, CommandKindRow, List, Station } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { timeText } from '../../parts/quantities.ts'
import { Steps } from '../../parts/Steps.tsx'
import { useKeys } from '../keys.ts'
import { type CommandForm, commandForms } from './command-forms.ts'
import { CommandDialog } from './CommandDialog.tsx'
import { CommandSteps, useCommandName } from './CommandSteps.tsx'
import { HardReset } from './HardReset.tsx'
import { SettingsDialog } from './SettingsDialog.tsx'
import { commandsQuery, isFinal } from './station-query.ts'

/** What was asked of the station, with its steps, and what can be asked. */
export function CommandsPanel({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<CommandForm>()
  const [isSettings, setSettings] = useState(false)
  const list = useRef<HTMLDivElement>(null)
  useKeys([
    {
      keys: 'c',
      word: 'portal.stations.commands',
      run: () => list.current?.querySelector('button')?.focus(),
    },
  ])
  const kinds = useQuery({
    queryKey: ['command-kinds', station.id, station.protocol],
    queryFn: () => get<List<CommandKindRow>>(`/v1/stations/${station.id}/command-kinds`),
    staleTime: 300_000,
  }).data
  const isSupported = (kind: string) => kinds?.items.find((row) => row.kind === kind)?.supported !== false
  return (
    <section className="panel" aria-label={t('portal.stations.commands')}>
      <div className="ph">
        <h2>{t('portal.stations.commands')}</h2>
        <span className="grow" />
        <kbd aria-hidden="true">C</kbd>
      </div>
      <Recent stationId={station.id} />
      <div className="pb col g3">
        {station.connection.state !== 'connected' && <p className="t12 warn">{t('portal.stations.not-connected')}</p>}
        <div ref={list} className="cl2">
          {commandForms.map((row) => (
            <button
              type="button"
              key={row.id}
              disabled={!isSupported(row.kind)}
              title={isSupported(row.kind) ? undefined : t('portal.problem.not-supported')}
              onClick={() => setForm(row)}
            >
              {t(`portal.stations.command.${row.id}`)}
            </button>
          ))}
          <button type="button" onClick={() => setSettings(true)}>
            {t('portal.stations.settings.title')}
          </button>
        </div>
        <HardReset station={station} />
      </div>
      {form !== undefined && <CommandDialog form={form} station={station} close={() => setForm(undefined)} />}
      {isSettings && <SettingsDialog station={station} close={() => setSettings(false)} />}
    </section>
  )
}

function Recent({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const commands = useQuery(commandsQuery(stationId)).data?.items ?? []
  const sending = useIsMutating({ mutationKey: ['send-command', stationId] })
  const [newest, ...older] = commands
  if (newest === undefined && sending === 0) return null
  return (
    <>
      <div className="pb col g3">
        {sending > 0 && (
          <Steps
            label={t('portal.stations.sending')}
            steps={[{ key: 'sending', text: t('portal.stations.sending'), mark: 'now' }]}
          />
        )}
        {newest !== undefined && <CommandSteps command={newest} />}
        {older.length > 0 && <Older commands={older.slice(0, 5)} />}
      </div>
      <div className="sep" />
    </>
  )
}

function Older({ commands }: { readonly commands: readonly Command[] }) {
  const { t } = useTranslation()
  const name = useCommandName()
  return (
    <details>
      <summary className="t12 dim">{t('portal.stations.before')}</summary>
      <ul className="col g1 older">
        {commands.map((command) => (
          <li key={command.id} className="row between t12">
            <span className="row">
              <span
                className={
                  isFinal(command)
                    ? command.state === 'failed' || command.state === 'timed-out'
                      ? 'bad'
                      : 'ok'
                    : 'warn'
                }
              >
                <Icon
                  name={
                    !isFinal(command)
                      ? 'clock'
                      : command.state === 'failed' || command.state === 'timed-out'
                        ? 'cross'
                        : 'check'
                  }
                  size={12}
                />
              </span>
              {name(command)}, {t(`portal.stations.step.${command.state}`)}
            </span>
            <span className="dim">{timeText(command.createdAt)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
