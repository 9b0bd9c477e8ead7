import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A row's link, at which J and K stop; with the class `row-link` it covers its row. What is no row takes a `Link`. */
export function RowLink(props: {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly className?: string
  readonly children: ReactNode
}) {
  return (
    <Link to={props.to} search={props.search as never} className={props.className ?? 'row-link'} data-row>
      {props.children}
    </Link>
  )
}
