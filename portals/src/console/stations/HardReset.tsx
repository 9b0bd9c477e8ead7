import { useQueries } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Station } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { powerText, spokenNumber } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'
import { sessionQuery } from '../sessions/session-query.ts'
import { useSendCommand } from './use-send-command.ts'

/** The one command that may cut a driver off: it says whom, and the station's number is typed. */
export function HardReset({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const send = useSendCommand(station.id)
  const [typed, setTyped] = useState('')
  // What flowed when it was last heard is no news.
  const isHeard = station.connection.state === 'connected'
  const charging = station.evses.flatMap((evse) =>
    // Where only the meter is waited for nobody charges any more: nothing is cut.
    evse.session === undefined || evse.session.state === 'waiting-for-meter' ? [] : [{ evse, session: evse.session }],
  )
  const numbers = useQueries({ queries: charging.map(({ session }) => sessionQuery(session.id)) })
  const sessions = charging.map(({ evse, session }, index) => ({
    id: session.id,
    number: numbers[index]?.data?.number ?? '…',
    powerW: isHeard ? (evse.powerW ?? session.powerW ?? numbers[index]?.data?.powerW) : undefined,
  }))
  const isTyped = typed.replace(/\s/g, '') === station.number
  function submit(event: FormEvent) {
    event.preventDefault()
    if (isTyped) send.mutate({ kind: 'reset', how: 'hard' }, { onSuccess: () => setTyped('') })
  }
  return (
    <form className="rk" onSubmit={submit}>
      <h3 className="b row rk-t">
        <Icon name="refresh" />
        {t('portal.stations.hard.title')}
      </h3>
      {sessions.length === 0 && <p className="mid">{t('portal.stations.hard.nobody')}</p>}
      {sessions.map(({ id, number, powerW }) => (
        <p key={id} className="mid">
          {powerW === undefined
            ? t('portal.stations.hard.cuts-unheard', { number: spokenNumber(number) })
            : t('portal.stations.hard.cuts', { number: spokenNumber(number), power: powerText(powerW) })}
        </p>
      ))}
      <Field
        label={t('portal.stations.hard.type', { number: spokenNumber(station.number) })}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onText={setTyped}
      />
      <FormProblem error={send.error} />
      <button type="submit" className="btn risk" disabled={!isTyped || send.isPending}>
        {t('portal.stations.hard.do')}
      </button>
    </form>
  )
}
