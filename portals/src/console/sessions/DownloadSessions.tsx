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

/** All that the filters find, not only what is on the screen, as a table for a spreadsheet. */
export function DownloadSessions({ filters, zone }: { readonly filters: Query; readonly zone: string }) {
  const { t } = useTranslation()
  const [soFar, setSoFar] = useState(0)
  const download = useMutation({
    mutationFn: () => getAll<Session>('/v1/sessions', { filters, tell: setSoFar }),
    onSuccess: (sessions) => {
      save(
        csvText(rowsOfSessions(t, sessions, zone)),
        `${t('portal.sessions.csv.file')}-${nowFieldText(zone).slice(0, 10)}.csv`,
      )
    },
  })
  return (
    <>
      <FormProblem error={download.error} />
      <button type="button" className="btn" disabled={download.isPending} onClick={() => download.mutate()}>
        <Icon name="table" />
        {download.isPending
          ? t('portal.sessions.csv.so-far', { count: numberText(soFar) })
          : t('portal.sessions.csv.do')}
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
