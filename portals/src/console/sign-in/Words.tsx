import type { ReactNode } from 'react'

/** A title and what stands under it: one step of signing in. */
export function Words({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="col g4">
      <h1 className="t22 b">{title}</h1>
      {children}
    </div>
  )
}
