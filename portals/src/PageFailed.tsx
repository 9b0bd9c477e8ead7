import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from './parts/Waiting.tsx'

/** When a page cannot even be begun: the server is away, or a piece of the portal did not come. */
export function PageFailed({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <main className="alone">
      <h1 className="sr">{t('portal.failed.title')}</h1>
      <section className="panel">
        <Failed error={error} retry={() => window.location.reload()} />
      </section>
    </main>
  )
}
