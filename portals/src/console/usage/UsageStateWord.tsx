import { useTranslation } from 'react-i18next'
import type { UsageState } from '../../api-types.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'

const icons: Readonly<Record<UsageState, IconName>> = {
  held: 'pause',
  noted: 'note',
  accepted: 'check',
  corrected: 'check',
  superseded: 'clock',
}

/** What became of a doubtful record, as a mark and a word. */
export function UsageStateWord({ state }: { readonly state: UsageState }) {
  const { t } = useTranslation()
  return (
    <span className={`row g1 nowrap${state === 'held' ? ' warn b' : ' mid'}`}>
      <Icon name={icons[state]} size={12} />
      {t(`portal.usage.state.${state}`)}
    </span>
  )
}
