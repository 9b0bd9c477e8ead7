import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { Icon } from './Icon.tsx'

let isFirstPage = true

/** A page's head: way back, title, actions. The title takes the focus when one came here by a link, so it is never lost. */
export function Page(props: {
  readonly title: string
  readonly heading?: ReactNode
  readonly beside?: ReactNode
  readonly actions?: ReactNode
  readonly crumbs?: readonly { readonly to: string; readonly text: string }[]
  readonly children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { title } = props
  useEffect(() => {
    document.title = `${title} · Lataamo`
  }, [title])
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: false })
    isFirstPage = false
  }, [])
  return (
    <>
      {props.crumbs !== undefined && (
        <nav className="crumb t12">
          {props.crumbs.map(({ to, text }) => (
            <span key={to} className="row g1">
              <Link to={to}>{text}</Link>
              <Icon name="right" size={12} />
            </span>
          ))}
          <span>{title}</span>
        </nav>
      )}
      <div className="titlebar">
        <h1 ref={heading} tabIndex={-1}>
          {props.heading ?? title}
        </h1>
        {props.beside}
        <span className="grow" />
        {props.actions}
      </div>
      {props.children}
    </>
  )
}
