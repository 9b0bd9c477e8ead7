import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { List, Tariff } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { Paged } from '../../parts/Paged.tsx'
import { usePages } from '../../pages-of-list.ts'
import { numberText } from '../../parts/quantities.ts'
import { Empty } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { PriceSummary } from './PriceSummary.tsx'

export function TariffsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const list = usePages<List<Tariff>>({ key: ['tariffs', 'all'], path: '/v1/tariffs', filters: { limit: 200 } })
  const newLink = may('tariffs.write') && (
    <Link to="/tariffs/new" className="btn main">
      <Icon name="plus" />
      {t('portal.tariffs.new')}
    </Link>
  )
  return (
    <Page title={t('portal.tariffs.title')} actions={newLink}>
      <section className="panel" aria-label={t('portal.tariffs.title')}>
        <Paged
          of={list}
          empty={
            <Empty icon="tag" title={t('portal.tariffs.none.title')} text={t('portal.tariffs.none.text')}>
              {newLink}
            </Empty>
          }
        >
          {(tariffs) => <TariffTable tariffs={tariffs} />}
        </Paged>
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
          ]}
        />
      </section>
    </Page>
  )
}

function TariffTable({ tariffs }: { readonly tariffs: readonly Tariff[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.tariffs.title')}
      rows={tariffs}
      rowKey={(tariff) => tariff.id}
      columns={[
        {
          key: 'name',
          head: t('portal.tariffs.name'),
          names: true,
          cell: (tariff) => (
            <span className="row wrap">
              <RowLink to={`/tariffs/${tariff.id}`}>{tariff.name}</RowLink>
              {tariff.default && (
                <span className="row g1 ok m">
                  <Icon name="check" size={12} />
                  {t('portal.tariffs.default')}
                </span>
              )}
            </span>
          ),
        },
        {
          key: 'prices',
          head: t('portal.tariffs.prices'),
          cell: (tariff) => <PriceSummary tariff={tariff.tariff} />,
        },
        {
          key: 'version',
          head: t('portal.tariffs.version'),
          number: true,
          cell: (tariff) => numberText(tariff.version),
        },
        { key: 'from', head: t('portal.tariffs.valid-from'), cell: (tariff) => <Time at={tariff.validFrom} /> },
        {
          key: 'stations',
          head: t('portal.tariffs.stations'),
          number: true,
          cell: (tariff) => (tariff.stations === undefined ? '–' : numberText(tariff.stations)),
        },
      ]}
    />
  )
}
