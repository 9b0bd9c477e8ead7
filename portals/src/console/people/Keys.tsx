import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { List, MachineKey } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { isDoubled } from '../../parts/is-doubled.ts'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Empty, FormProblem } from '../../parts/Waiting.tsx'
import { MakeKey } from './MakeKey.tsx'
import { Reach } from './Reach.tsx'

/** Keys of programs: what each may, when it was last used, and taking it back. */
export function Keys() {
  const { t } = useTranslation()
  const [isMaking, setMaking] = useState(false)
  const list = useKeysOfPrograms()
  return (
    <section className="panel" aria-label={t('portal.people.keys')}>
      <div className="ph wrap">
        <h2>{t('portal.people.keys')}</h2>
        <span className="dim t12">{t('portal.people.keys-note')}</span>
        <span className="grow" />
        <button type="button" className="btn" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          {t('portal.people.key.title')}
        </button>
      </div>
      <Paged
        of={list}
        rows={2}
        empty={<Empty icon="lock" title={t('portal.people.no-keys.title')} text={t('portal.people.no-keys.text')} />}
      >
        {(keys) => <KeyTable keys={keys} />}
      </Paged>
      {isMaking && <MakeKey close={() => setMaking(false)} />}
    </section>
  )
}

function KeyTable({ keys }: { readonly keys: readonly MachineKey[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.people.keys')}
      rows={keys}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'name',
          head: t('portal.people.name'),
          names: true,
          cell: ({ name }) => <span className="m break">{name}</span>,
        },
        { key: 'role', head: t('portal.people.role'), cell: ({ role, sites }) => <Reach role={role} sites={sites} /> },
        {
          key: 'made',
          head: t('portal.people.made'),
          wideOnly: true,
          cell: ({ createdAt }) => <Time at={createdAt} />,
        },
        {
          key: 'used',
          head: t('portal.people.used'),
          cell: ({ lastUsedAt }) =>
            lastUsedAt === undefined ? (
              <span className="dim">{t('portal.people.never')}</span>
            ) : (
              <Time at={lastUsedAt} />
            ),
        },
        { key: 'act', head: t('portal.people.act'), cell: (key) => <Revoke apiKey={key} /> },
      ]}
    />
  )
}

function Revoke({ apiKey }: { readonly apiKey: MachineKey }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const revoke = useMutation({
    mutationFn: () => call('DELETE', `/v1/keys/${apiKey.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['machine-keys'] }),
    onError: () => setAsked(false),
  })
  if (apiKey.revokedAt !== undefined) {
    return (
      <span className="bad">
        {t('portal.people.revoked')} <Time at={apiKey.revokedAt} />
      </span>
    )
  }
  return (
    <span className="col g1">
      <span>
        <button
          type="button"
          className={isAsked ? 'btn sm risk' : 'btn sm'}
          disabled={revoke.isPending}
          onClick={(event) => {
            if (!isAsked) setAsked(true)
            else if (!isDoubled(event)) revoke.mutate()
          }}
        >
          {t(isAsked ? 'portal.people.really-revoke' : 'portal.people.revoke')}
          <span className="sr">{apiKey.name}</span>
        </button>
      </span>
      <FormProblem error={revoke.error} />
    </span>
  )
}

function useKeysOfPrograms() {
  return usePages<List<MachineKey>>({ key: ['machine-keys'], path: '/v1/keys', filters: { limit: 100 } })
}
