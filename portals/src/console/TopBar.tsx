import { useTranslation } from 'react-i18next'
import type { Me } from '../api-types.ts'
import { chooseScheme, useShownScheme } from '../color-scheme.ts'
import { useTick } from '../parts/Figures.tsx'
import { Icon } from '../parts/Icon.tsx'
import { DataAge } from '../parts/LiveBanner.tsx'
import { clockText } from '../parts/quantities.ts'
import { Palette } from './Palette.tsx'
import { PersonMenu } from './PersonMenu.tsx'

/** The bar: finding a station, how live the page is, the tenant's clock, light or dark, oneself. */
export function TopBar({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const scheme = useShownScheme()
  return (
    <header className="top">
      <Palette />
      <span className="grow" />
      <DataAge />
      <SiteClock timeZone={me.tenant.timeZone} />
      <button
        type="button"
        className="btn quiet icon"
        aria-label={t(scheme === 'dark' ? 'portal.shell.to-light' : 'portal.shell.to-dark')}
        onClick={() => chooseScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <PersonMenu me={me} />
    </header>
  )
}

function SiteClock({ timeZone }: { readonly timeZone: string }) {
  const now = useTick(10_000)
  const place = timeZone.split('/').pop()?.replaceAll('_', ' ') ?? timeZone
  return (
    <span className="row dim hide-m site-clock">
      <Icon name="clock" />
      <span className="nowrap">
        {clockText(now)} {place}
      </span>
    </span>
  )
}
