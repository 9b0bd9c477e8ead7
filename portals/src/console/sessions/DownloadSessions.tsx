import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getAll, type Query } from '../../api.ts'
import type { Session } from '../../api-types.ts'
import { csvText } from '../../parts/csv.ts'
import { Icon } from '../../parts/Icon.tsx'
import { numberText } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'
import { nowFieldText } from '../../parts/zoned.ts'
import { rowsOfSessions } from './session-rows.ts'

/** All that the filters find, not only what is on the screen, as a table for a spreadsheet. Many take a while: one sees how far it is, and may stop it. */
export function DownloadSessions(props: { readonly filters: Query; readonly total: number; readonly zone: string }) {
  const { filters, total, zone } = props
  const { t } = useTranslation()
  const [soFar, setSoFar] = useState(0)
  const [stopper, setStopper] = useState<AbortController>()
  const download = useMutation({
    mutationFn: ({ signal }: AbortController) => getAll<Session>('/v1/sessions', { filters, signal, tell: setSoFar }),
    onSuccess: (sessions) => {
      save(
        csvText(rowsOfSessions(t, sessions, zone)),
        `${t('portal.sessions.csv.file')}-${nowFieldText(zone).slice(0, 10)}.csv`,
      )
    },
  })
  function start() {
    const next = new AbortController()
    setStopper(next)
    setSoFar(0)
    download.mutate(next)
  }
  if (!download.isPending) {
    return (
      <>
        <FormProblem error={stopper?.signal.aborted === true ? undefined : download.error} />
        <button type="button" className="btn" onClick={start}>
          <Icon name="table" />
          {t('portal.sessions.csv.do')}
        </button>
      </>
    )
  }
  return (
    <>
      <span className="mid">
        {t('portal.sessions.csv.so-far', { count: numberText(soFar), all: numberText(Math.max(total, soFar)) })}
      </span>
      <button type="button" className="btn" onClick={() => stopper?.abort()}>
        <Icon name="stop" />
        {t('portal.sessions.csv.stop')}
      </button>
    </>
  )
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
