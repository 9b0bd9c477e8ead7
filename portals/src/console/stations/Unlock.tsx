import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evse, Station } from '../../api-types.ts'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useSendCommand } from './use-send-command.ts'

/** Opens the lock of the cable: at once where nobody charges, else after saying what that ends. */
export function Unlock({ station, evse }: { readonly station: Station; readonly evse: Evse }) {
  const { t } = useTranslation()
  const send = useSendCommand(station.id)
  const [isAsked, setAsked] = useState(false)
  const unlock = () =>
    send.mutate(
      { kind: 'unlock', evseId: evse.id, connectorId: evse.connectors[0]?.id ?? 1 },
      { onSuccess: () => setAsked(false) },
    )
  return (
    <>
      <button
        type="button"
        className="btn sm"
        disabled={send.isPending}
        onClick={() => (evse.session === undefined ? unlock() : setAsked(true))}
      >
        {t('portal.stations.command.unlock')}
      </button>
      {isAsked ? (
        <FormDialog
          title={t('portal.stations.command.unlock')}
          does={t('portal.stations.command.unlock')}
          act={{ ...send, mutate: unlock }}
          close={() => setAsked(false)}
          isRisk
        >
          <p>{t('portal.stations.unlock-ends', { id: evse.id })}</p>
        </FormDialog>
      ) : (
        <FormProblem error={send.error} />
      )}
    </>
  )
}
