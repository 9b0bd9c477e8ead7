import { useTranslation } from 'react-i18next'
import { availableLanguages, chooseHere, ownName } from '../language.ts'
import { showLanguage } from '../words.ts'

/** Before one is signed in: each language by its own name. Nothing where there is only one. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const languages = availableLanguages()
  if (languages.length < 2) return null
  return (
    <nav className="languages row wrap" aria-label={t('portal.language.choose')}>
      {languages.map((tag) => (
        <button
          key={tag}
          type="button"
          lang={tag}
          className="btn quiet"
          aria-pressed={tag === i18n.language}
          onClick={() => {
            chooseHere(tag)
            void showLanguage(tag)
          }}
        >
          {ownName(tag)}
        </button>
      ))}
    </nav>
  )
}
