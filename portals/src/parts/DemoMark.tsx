import { useTranslation } from 'react-i18next'
import { StatusShape } from './StatusTag.tsx'

/** On every page of a demo: what one sees is simulated. */
export function DemoMark() {
  const { t } = useTranslation()
  return (
    <p className="demo s-test">
      <StatusShape seen="test" />
      <span>
        <b>{t('portal.demo.title')}</b> {t('portal.demo.text')}
      </span>
    </p>
  )
}
