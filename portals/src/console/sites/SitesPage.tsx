import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { List, Site } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { Empty } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { FilterText } from '../FilterText.tsx'
import { useFilters } from '../use-filters.ts'
import { EditSite } from './EditSite.tsx'
import { SiteTable } from './SiteTable.tsx'

/** Where stations stand. */
export function SitesPage() {
  const { t } = useTranslation()
  const may = useMay()
  const { filters, set } = useFilters()
  const [edited, setEdited] = useState<Site | 'new' | undefined>(undefined)
  const list = useSites(filters.q)
  return (
    <Page
      title={t('portal.sites.title')}
      actions={
        may('sites.write') && (
          <button type="button" className="btn main" onClick={() => setEdited('new')}>
            <Icon name="plus" />
            {t('portal.sites.add.title')}
          </button>
        )
      }
    >
      <div className="filters">
        <FilterText label={t('portal.sites.filter')} value={filters.q} onText={(text) => set({ q: text })} />
      </div>
      <section className="panel" aria-label={t('portal.sites.title')}>
        <Paged
          of={list}
          empty={
            <Empty
              icon={filters.q === undefined ? 'map' : 'filter'}
              title={t(filters.q === undefined ? 'portal.sites.none.title' : 'portal.sites.no-match')}
              text={t(filters.q === undefined ? 'portal.sites.none.text' : 'portal.sites.no-match-text')}
            >
              {filters.q !== undefined && (
                <button type="button" className="btn" onClick={() => set({ q: undefined })}>
                  {t('portal.filter.clear')}
                </button>
              )}
            </Empty>
          }
        >
          {(sites) => <SiteTable sites={sites} {...(may('sites.write') ? { onEdit: setEdited } : {})} />}
        </Paged>
      </section>
      {edited !== undefined && (
        <EditSite site={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />
      )}
    </Page>
  )
}

function useSites(q: string | undefined) {
  return usePages<List<Site>>({ key: ['sites', 'all', q], path: '/v1/sites', filters: { limit: 200, q } })
}
