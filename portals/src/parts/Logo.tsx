export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M3 3h6v12h12v6H3z" fill="currentColor" />
      <path d="M13 3h8v8h-3V8.1l-4.9 4.9-2.1-2.1L15.9 6H13z" fill="currentColor" />
    </svg>
  )
}
