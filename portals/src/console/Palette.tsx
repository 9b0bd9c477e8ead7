import { Combobox, useCombobox } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../parts/Icon.tsx'
import { useKeys } from './keys.ts'
import { type Finding, useFindings } from './use-findings.ts'

/** One field for everything: stations, a session or a card by its number, the pages of the console. Enter alone lists stations. */
export function Palette() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const list = useCombobox({ onDropdownClose: () => list.resetSelectedOption() })
  const findings = useFindings(text.trim())
  useKeys([{ keys: 'Ctrl K', word: 'portal.shell.find', run: () => field.current?.focus() }])
  function go({ to, search }: Pick<Finding, 'to' | 'search'>) {
    list.closeDropdown()
    setText('')
    void navigate({ to, search: (search ?? {}) as never })
  }
  function find(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const q = text.trim()
    go({ to: '/stations', search: q === '' ? {} : { q } })
  }
  function chosen(key: string) {
    const finding = findings.find((one) => one.key === key)
    if (finding !== undefined) go(finding)
  }
  return (
    <search className="find">
      <Combobox store={list} onOptionSubmit={chosen} withinPortal={false}>
        <form className="pal" onSubmit={find}>
          <Icon name="search" />
          <Combobox.Target autoComplete="off" withExpandedAttribute>
            <input
              ref={field}
              type="search"
              role="combobox"
              aria-autocomplete="list"
              aria-expanded={list.dropdownOpened}
              aria-controls={list.listId ?? undefined}
              className="bare grow"
              aria-label={t('portal.shell.find')}
              placeholder={t('portal.shell.find-hint')}
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value)
                list.openDropdown()
                list.resetSelectedOption()
              }}
              onFocus={() => list.openDropdown()}
              onBlur={() => list.closeDropdown()}
            />
          </Combobox.Target>
          <kbd className="hide-m" aria-hidden="true">
            Ctrl K
          </kbd>
        </form>
        <Combobox.Dropdown hidden={findings.length === 0}>
          <Combobox.Options aria-label={t('portal.shell.found')}>
            {findings.map((finding) => (
              <Combobox.Option key={finding.key} value={finding.key} className="finding">
                <Icon name={finding.icon} />
                <span className="m nowrap">{finding.text}</span>
                <span className="mid trunc">{finding.note}</span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </search>
  )
}
