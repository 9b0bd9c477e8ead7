import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../parts/Icon.tsx'
import { Empty } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'

/** A network without stations: the first thing to do. */
export function NoStations() {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <section className="panel">
      <Empty icon="plug" title={t('portal.stations.none.title')} text={t('portal.stations.none.text')}>
        {may('stations.write') && (
          <Link to="/stations/add" className="btn main">
            <Icon name="plus" />
            {t('portal.stations.add.title')}
          </Link>
        )}
      </Empty>
    </section>
  )
}
