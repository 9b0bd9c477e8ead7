import { Modal, Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { areSingleKeysOn, boundKeys, switchSingleKeys } from './keys.ts'

/** All keys that work on this page, from where they are bound. */
export function Help({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t('portal.keys.title')}
      closeButtonProps={{ 'aria-label': t('portal.close') }}
    >
      {isOpen && <HelpList />}
    </Modal>
  )
}

function HelpList() {
  const { t } = useTranslation()
  const [on, setOn] = useState(areSingleKeysOn)
  return (
    <div className="col g4">
      <dl className="kv keylist">
        {boundKeys().map(({ keys, word }) => (
          <div key={`${keys} ${word}`}>
            <dt>{t(word)}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        label={t('portal.keys.single')}
        description={t('portal.keys.single-note')}
        checked={on}
        onChange={(event) => {
          switchSingleKeys(event.currentTarget.checked)
          setOn(event.currentTarget.checked)
        }}
      />
    </div>
  )
}
