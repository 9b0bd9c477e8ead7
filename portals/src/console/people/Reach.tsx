import { useTranslation } from 'react-i18next'
import type { Person } from '../../api-types.ts'

/** What somebody may do, and where. */
export function Reach({ role, sites }: Pick<Person, 'role' | 'sites'>) {
  const { t } = useTranslation()
  return (
    <span>
      <span className="m">{t(`portal.people.roles.${role}`, { defaultValue: role })}</span>
      <span className="block mid t12">
        {sites === 'all' ? t('portal.people.everywhere') : t('portal.people.at-sites', { count: sites.length })}
      </span>
    </span>
  )
}
