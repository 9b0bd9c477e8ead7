import { useTranslation } from 'react-i18next'
import type { Session } from '../../api-types.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'

const icons: Readonly<Record<Session['state'], IconName>> = {
  'waiting-for-station': 'clock',
  'waiting-for-cable': 'plug',
  'waiting-for-token': 'card',
  delivering: 'bolt',
  paused: 'pause',
  'waiting-for-meter': 'clock',
  ended: 'check',
  refused: 'cross',
  abandoned: 'cross',
}

/** A session's state and, apart from it, what staff should look at. Line icons: the shapes belong to stations. */
export function SessionState({ session }: { readonly session: Session }) {
  const { t } = useTranslation()
  return (
    <span className="row wrap state-of">
      <span className="row g1 nowrap m">
        <Icon name={icons[session.state]} />
        {t(`portal.sessions.state.${session.state}`)}
      </span>
      {session.flags.map((flag) => (
        <span key={flag} className="warn row g1 nowrap">
          <Icon name="flag" size={12} />
          {t(`portal.sessions.flag.${flag}`, { defaultValue: flag })}
        </span>
      ))}
    </span>
  )
}
