/** A line of 72 × 28 without axes; never shown without the number it ends in. Zero is at the bottom. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return null
  const top = Math.max(...values, 1)
  const points = values.map((value, index) => ({
    x: 2 + (index / (values.length - 1)) * 66,
    y: 25 - (Math.max(0, value) / top) * 22,
  }))
  const last = points[points.length - 1]
  return (
    <svg width="72" height="28" viewBox="0 0 72 28" aria-hidden="true" className="spark">
      <path
        d={points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')}
        fill="none"
        stroke="var(--la-c-1)"
        strokeWidth="1.5"
      />
      {last !== undefined && <circle cx={last.x} cy={last.y} r="2.2" fill="var(--la-c-1)" />}
    </svg>
  )
}
