import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export interface StatProps {
  readonly label: ReactNode
  readonly value: string
  readonly unit?: string
  readonly note?: string | undefined
  readonly beside?: ReactNode
  /** Where the things behind the figure are listed. */
  readonly to?: { readonly to: string; readonly search: Readonly<Record<string, string>> }
}

/** One key figure of a strip: what, how much, and one line of context. */
export function Stat({ label, value, unit, note, beside, to }: StatProps) {
  const inner = (
    <>
      <span className="t12 mid row kf-label">{label}</span>
      <span className="row between kf-line">
        <span className="kv1">
          {value}
          {unit !== undefined && <small> {unit}</small>}
        </span>
        {beside}
      </span>
      <span className="t12 dim trunc kf-note">{note ?? '\u00a0'}</span>
    </>
  )
  return to === undefined ? (
    <div className="kf">{inner}</div>
  ) : (
    <Link className="kf" to={to.to} search={to.search as never}>
      {inner}
    </Link>
  )
}
