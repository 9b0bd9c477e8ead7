import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Site } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { isDoubled } from '../../parts/is-doubled.ts'
import { numberText } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'
import { RowLink } from '../RowLink.tsx'
import { addressLine } from './site-form.ts'

/** Sites as rows; each leads to its stations on the map. */
export function SiteTable(props: { readonly sites: readonly Site[]; readonly onEdit?: (site: Site) => void }) {
  const { t } = useTranslation()
  const { onEdit } = props
  return (
    <DataTable
      label={t('portal.sites.title')}
      rows={props.sites}
      rowKey={(site) => site.id}
      columns={[
        {
          key: 'name',
          head: t('portal.sites.name'),
          names: true,
          cell: (site) => (
            <RowLink to="/map" search={{ site: site.id }}>
              {site.name}
            </RowLink>
          ),
        },
        {
          key: 'place',
          head: t('portal.sites.place'),
          names: true,
          cell: (site) => (
            <span>
              <span>{addressLine(site)}</span>
              {(site.latitude === undefined || site.longitude === undefined) && (
                <span className="dim block">{t('portal.sites.no-place')}</span>
              )}
            </span>
          ),
        },
        { key: 'zone', head: t('portal.sites.time-zone'), wideOnly: true, cell: (site) => site.timeZone },
        { key: 'stations', head: t('portal.sites.stations'), number: true, cell: (site) => numberText(site.stations) },
        ...(onEdit === undefined
          ? []
          : [
              {
                key: 'act',
                head: t('portal.sites.act'),
                cell: (site: Site) => <Acts site={site} onEdit={() => onEdit(site)} />,
              },
            ]),
      ]}
    />
  )
}

function Acts({ site, onEdit }: { readonly site: Site; readonly onEdit: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/v1/sites/${site.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sites'] }),
    onError: () => setAsked(false),
  })
  return (
    <div className="over-row col g1">
      <div className="row wrap">
        <button type="button" className="btn sm" onClick={onEdit}>
          {t('portal.sites.change')}
          <span className="sr">{site.name}</span>
        </button>
        {isAsked ? (
          <button
            type="button"
            className="btn sm risk"
            disabled={remove.isPending}
            onClick={(event) => {
              if (!isDoubled(event)) remove.mutate()
            }}
          >
            {t('portal.sites.really-remove', { name: site.name })}
          </button>
        ) : (
          <button type="button" className="btn sm quiet" onClick={() => setAsked(true)}>
            {t('portal.sites.remove')}
            <span className="sr">{site.name}</span>
          </button>
        )}
      </div>
      <FormProblem error={remove.error} />
    </div>
  )
}
