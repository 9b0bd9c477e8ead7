import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from './parts/Waiting.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className="alone">
      <h1 className="sr">{t('portal.not-found.title')}</h1>
      <section className="panel">
        <Empty icon="search" title={t('portal.not-found.title')} text={t('portal.not-found.text')}>
          <Link to="/" className="btn main">
            {t('portal.not-found.home')}
          </Link>
        </Empty>
      </section>
    </main>
  )
}
