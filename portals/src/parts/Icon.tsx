import type { ReactNode } from 'react'

/** Line icons on a 24 grid. They say what a control does, never what state a station is in. */
const drawings = {
  'arrow-left': (
    <>
      <path d="M20 12H4M10 6l-6 6 6 6" />
    </>
  ),
  'arrow-right': (
    <>
      <path d="M4 12h16M14 6l6 6-6 6" />
    </>
  ),
  'arrow-up': (
    <>
      <path d="M12 20V4M6 10l6-6 6 6" />
    </>
  ),
  bell: (
    <>
      <path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4" />
    </>
  ),
  bolt: (
    <>
      <path d="M13 3 5 14h6l-1 7 8-11h-6z" />
    </>
  ),
  card: (
    <>
      <path d="M3 6h18v13H3zM3 10.5h18M7 15h3" />
    </>
  ),
  chart: (
    <>
      <path d="M4 4v16h16M8 15l4-5 3 3 5-7" />
    </>
  ),
  check: (
    <>
      <path d="m4 12.5 5.5 5.5L20 6.5" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  copy: (
    <>
      <path d="M9 9h11v11H9zM5 15H4V4h11v1" />
    </>
  ),
  cross: (
    <>
      <path d="M5 5l14 14M19 5 5 19" />
    </>
  ),
  down: (
    <>
      <path d="m5 9 7 7 7-7" />
    </>
  ),
  filter: (
    <>
      <path d="M3 5h18l-7 8v6l-4 2v-8z" />
    </>
  ),
  flag: (
    <>
      <path d="M5 21V4h13l-2.5 4.5L18 13H5" />
    </>
  ),
  full: (
    <>
      <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
    </>
  ),
  gear: (
    <>
      <circle cx="12" cy="12" r="3.2" />
      <path d="M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4M5.3 5.3l2.8 2.8M15.9 15.9l2.8 2.8M18.7 5.3l-2.8 2.8M8.1 15.9l-2.8 2.8" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18" />
    </>
  ),
  help: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .9-1 1.7M12 17h.01" />
    </>
  ),
  hidden: (
    <>
      <path d="M4 4l16 16M9.5 5.8A10 10 0 0 1 21.5 12a13 13 0 0 1-2.7 3.6M6 7.5A12 12 0 0 0 2.5 12c3 6 9.5 7.5 13.5 5" />
    </>
  ),
  link: (
    <>
      <path d="M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1" />
    </>
  ),
  list: (
    <>
      <path d="M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01" />
    </>
  ),
  lock: (
    <>
      <path d="M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11" />
    </>
  ),
  map: (
    <>
      <path d="M9 4 3 6.5v13L9 17l6 3 6-2.5v-13L15 7zM9 4v13M15 7v13" />
    </>
  ),
  moon: (
    <>
      <path d="M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z" />
    </>
  ),
  more: (
    <>
      <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
    </>
  ),
  'no-signal': (
    <>
      <path d="M3 3l18 18M5 12.5a10 10 0 0 1 5-2.6M19 12.5a10 10 0 0 0-4-2.4M8.5 16a5 5 0 0 1 7 0M12 20h.01" />
    </>
  ),
  note: (
    <>
      <path d="M5 3h14v12l-6 6H5zM13 21v-6h6M9 8h6M9 12h3" />
    </>
  ),
  out: (
    <>
      <path d="M10 4H4v16h6M15 7l5 5-5 5M20 12H9" />
    </>
  ),
  pause: (
    <>
      <path d="M8 5v14M16 5v14" />
    </>
  ),
  phone: (
    <>
      <path d="M7 2.5h10v19H7zM11 18.5h2" />
    </>
  ),
  play: (
    <>
      <path d="M7 4v16l13-8z" />
    </>
  ),
  plug: (
    <>
      <path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4" />
    </>
  ),
  plus: (
    <>
      <path d="M12 4v16M4 12h16" />
    </>
  ),
  pulse: (
    <>
      <path d="M3 12h4l3-8 4 16 3-8h4" />
    </>
  ),
  receipt: (
    <>
      <path d="M5 3v18l2.5-1.5L10 21l2-1.5 2 1.5 2.5-1.5L19 21V3zM9 8h6M9 12h6M9 16h3" />
    </>
  ),
  refresh: (
    <>
      <path d="M20 5v5h-5M4 19v-5h5M5 10a7.5 7.5 0 0 1 13-3l2 3M19 14a7.5 7.5 0 0 1-13 3l-2-3" />
    </>
  ),
  right: (
    <>
      <path d="m9 5 7 7-7 7" />
    </>
  ),
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="m15.5 15.5 5 5" />
    </>
  ),
  shield: (
    <>
      <path d="M12 3 4.5 6v6c0 5 4 8 7.5 9 3.5-1 7.5-4 7.5-9V6z" />
    </>
  ),
  stop: (
    <>
      <path d="M6 6h12v12H6z" />
    </>
  ),
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7" />
    </>
  ),
  table: (
    <>
      <path d="M3 5h18v14H3zM3 10h18M3 14.5h18M10 10v9" />
    </>
  ),
  tag: (
    <>
      <path d="M3 12V4h8l10 10-8 7z" />
      <path d="M7.5 8.5h.01" />
    </>
  ),
  terminal: (
    <>
      <path d="m4 6 6 6-6 6M12 18h8" />
    </>
  ),
  user: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21a8 8 0 0 1 16 0" />
    </>
  ),
  users: (
    <>
      <circle cx="9" cy="8" r="3.5" />
      <path d="M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5c2.2.8 3.5 2.7 3.5 5.5" />
    </>
  ),
  warning: (
    <>
      <path d="M12 4 2.5 20h19zM12 10v4M12 17h.01" />
    </>
  ),
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof drawings

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: 12 | 16 | 20 }) {
  return (
    <svg className={size === 16 ? 'i' : `i i${size}`} viewBox="0 0 24 24" aria-hidden="true">
      {drawings[name]}
    </svg>
  )
}
