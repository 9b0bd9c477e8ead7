import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './Icon.tsx'

/** A value to carry elsewhere: readable, selectable, copied by one press. */
export function CopyField(props: { readonly label: string; readonly value: string; readonly hint?: string }) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)
  async function copy() {
    try {
      await navigator.clipboard.writeText(props.value)
    } catch {
      // Without a secure origin there is no clipboard: the old way works on a selection.
      field.current?.select()
      // Where that is refused too it stays selected, to be copied by hand: nothing says that it was.
      if (!document.execCommand('copy')) return
    }
    setCopied(true)
    setTimeout(() => setCopied(false), 2500)
  }
  return (
    <div className="field">
      <label htmlFor={id} className="lab">
        {props.label}
      </label>
      <span className="row">
        <input
          id={id}
          ref={field}
          className="inp mono grow"
          readOnly
          value={props.value}
          aria-describedby={props.hint === undefined ? undefined : `${id}-note`}
          onFocus={(e) => e.target.select()}
        />
        <button type="button" className="btn" onClick={() => void copy()}>
          <Icon name={copied ? 'check' : 'copy'} />
          <span aria-live="polite">{t(copied ? 'portal.copied' : 'portal.copy')}</span>
          <span className="sr">{props.label}</span>
        </button>
      </span>
      {props.hint !== undefined && (
        <span id={`${id}-note`} className="hint">
          {props.hint}
        </span>
      )}
    </div>
  )
}
