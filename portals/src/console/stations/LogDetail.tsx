import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogMark, LogRow } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { exactTimeText, numberText } from '../../parts/quantities.ts'
import { linesOf, payloadOf } from './log-text.ts'

/** One request and its answer; what did not fit is marked where it stands. */
export function LogDetail({ row, close }: { readonly row: LogRow; readonly close: () => void }) {
  const { t } = useTranslation()
  const isFrom = row.direction === 'from-station'
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // On a small screen it stands below the list, where nobody would see that the row was opened.
    const list = box.current?.previousElementSibling
    if (box.current === null || !(list instanceof HTMLElement)) return
    if (box.current.offsetTop >= list.offsetTop + list.offsetHeight) box.current.scrollIntoView()
  }, [row.id])
  return (
    <div ref={box} className="log-detail col g3">
      <div className="row between">
        <h3 className="b t14">{row.action}</h3>
        <button type="button" className="btn sm quiet icon" aria-label={t('portal.close')} onClick={close}>
          <Icon name="cross" />
        </button>
      </div>
      {row.marks.map((mark) => (
        <div key={`${mark.code} ${mark.pointer ?? ''}`} className="note s-preparing">
          <Icon name="warning" />
          <p>
            <b>{t(`portal.stations.mark.${mark.code}`, { defaultValue: mark.code })}</b>{' '}
            {mark.pointer !== undefined && <span className="mono">{mark.pointer}</span>}{' '}
            <span lang="en">{mark.note}</span>
          </p>
        </div>
      ))}
      <Part
        title={t('portal.stations.log.request')}
        icon={isFrom ? 'arrow-left' : 'arrow-right'}
        time={exactTimeText(row.request.at)}
        text={row.request.text}
        marks={row.marks}
      />
      {row.answer === undefined ? (
        <p className="dim">{t('portal.stations.log.no-answer-yet')}</p>
      ) : (
        <Part
          title={t(row.answer.kind === 'error' ? 'portal.stations.log.error' : 'portal.stations.log.answer')}
          icon={isFrom ? 'arrow-right' : 'arrow-left'}
          time={row.durationMs === undefined ? exactTimeText(row.answer.at) : `+${numberText(row.durationMs)} ms`}
          text={row.answer.text}
          marks={[]}
        />
      )}
      <dl className="kv ekv">
        <dt>{t('portal.stations.log.message-id')}</dt>
        <dd className="mono break">{row.messageId}</dd>
      </dl>
    </div>
  )
}

function Part(props: {
  readonly title: string
  readonly icon: 'arrow-left' | 'arrow-right'
  readonly time: string
  readonly text: string
  readonly marks: readonly LogMark[]
}) {
  const pointers = props.marks.flatMap(({ pointer }) => (pointer === undefined || pointer === '' ? [] : [pointer]))
  const payload = payloadOf(props.text)
  const lines = typeof payload === 'string' ? [{ text: payload, pointer: '' }] : linesOf(payload)
  return (
    <div>
      <div className="row between">
        <span className="row m">
          <Icon name={props.icon} />
          {props.title}
        </span>
        <span className="mono dim">{props.time}</span>
      </div>
      <pre className="mono pre">
        {lines.map(({ text, pointer }, index) => {
          const isMarked =
            pointer !== '' &&
            pointers.some((marked) => marked === pointer || marked.startsWith(`${pointer}/`)) &&
            !/[[{]$/.test(text)
          // The lines of one payload never move.
          return (
            <span key={index}>
              {isMarked ? <mark>{text}</mark> : text}
              {'\n'}
            </span>
          )
        })}
      </pre>
    </div>
  )
}
