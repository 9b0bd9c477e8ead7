import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { UsageCheckRow } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Page } from '../../parts/Page.tsx'
import { Failed, FormProblem, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { useChecks } from './usage-query.ts'

const actions = ['hold', 'correct', 'accept'] as const

/** Every check of usage data, and what a finding of it does from now on. */
export function UsageChecksPage() {
  const { t } = useTranslation()
  const checks = useChecks()
  const client = useQueryClient()
  const choose = useMutation({
    mutationFn: ({ check, action }: { readonly check: string; readonly action: string }) =>
      call<UsageCheckRow>('PATCH', `/v1/usage-checks/${check}`, { action }),
    onSettled: () => client.invalidateQueries({ queryKey: ['usage-checks'] }),
  })
  return (
    <Page title={t('portal.usage.checks.title')} crumbs={[{ to: '/usage-errors', text: t('portal.usage.title') }]}>
      <p className="mid">{t('portal.usage.checks.text')}</p>
      <section className="panel" aria-label={t('portal.usage.checks.title')}>
        <FormProblem error={choose.error} />
        {checks.isPending ? (
          <Loading rows={10} />
        ) : checks.isError && checks.data === undefined ? (
          <Failed error={checks.error} retry={() => void checks.refetch()} />
        ) : (
          <CheckTable
            checks={checks.data.items}
            choose={(check, action) => choose.mutate({ check, action })}
            isBusy={choose.isPending}
          />
        )}
      </section>
    </Page>
  )
}

function CheckTable(props: {
  readonly checks: readonly UsageCheckRow[]
  readonly choose: (check: string, action: string) => void
  readonly isBusy: boolean
}) {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <DataTable
      label={t('portal.usage.checks.title')}
      rows={props.checks}
      rowKey={({ check }) => check}
      columns={[
        {
          key: 'check',
          head: t('portal.usage.check'),
          cell: ({ about, check }) => (
            <span>
              {about}
              <span className="block t12 dim mono">{check}</span>
            </span>
          ),
        },
        {
          key: 'action',
          head: t('portal.usage.checks.action'),
          cell: ({ check, about, action }) =>
            may('usage.write') ? (
              <select
                className="inp"
                aria-label={about}
                value={action}
                disabled={props.isBusy}
                onChange={(event) => props.choose(check, event.target.value)}
              >
                {actions.map((value) => (
                  <option key={value} value={value}>
                    {t(`portal.usage.action.${value}`)}
                  </option>
                ))}
              </select>
            ) : (
              t(`portal.usage.action.${action}`)
            ),
        },
        {
          key: 'default',
          head: t('portal.usage.checks.default'),
          wideOnly: true,
          cell: ({ action, defaultAction }) => (
            <span className={action === defaultAction ? 'dim' : 'mid'}>
              {t(`portal.usage.action.${defaultAction}`)}
            </span>
          ),
        },
      ]}
    />
  )
}
