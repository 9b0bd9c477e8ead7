import type { Seen } from '../api-types.ts'

/**
 * The nine shapes of what is seen of an EVSE, on a 16 grid, as SVG text: the map draws the same shapes into its images.
 * `currentColor` is the state's colour, `var(--on)` the colour on it. Shapes mean stations only.
 */
export const statusShapes: Readonly<Record<Seen, string>> = {
  free: '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.2 2.3 2.3 4.1-4.6" fill="none" stroke="var(--on)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  charging:
    '<rect x="1" y="1" width="14" height="14" rx="3.5" fill="currentColor"/><path d="M9 2.8 4.3 9h3L6.8 13.2 11.7 7h-3z" fill="var(--on)"/>',
  preparing:
    '<path d="M8 .3 15.7 8 8 15.7.3 8z" fill="currentColor"/><path d="M6.2 4.7v2M9.8 4.7v2M4.9 7h6.2v.8a3.1 3.1 0 0 1-6.2 0zM8 11v1.5" fill="none" stroke="var(--on)" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/>',
  reserved:
    '<path d="M2.5.8h11v14.6L8 11.3l-5.5 4.1z" fill="currentColor"/><path d="M8 3.3v3l2 1.3" fill="none" stroke="var(--on)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>',
  faulted:
    '<path d="M8 .8 15.8 15H.2z" fill="currentColor" stroke="currentColor" stroke-width=".6" stroke-linejoin="round"/><path d="M8 5.6v4.2" stroke="var(--on)" stroke-width="1.9" stroke-linecap="round"/><circle cx="8" cy="12.4" r="1.1" fill="var(--on)"/>',
  offline:
    '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="m3.8 3.8 8.4 8.4" stroke="currentColor" stroke-width="1.8"/>',
  disabled:
    '<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M4.8 8h6.4" stroke="currentColor" stroke-width="1.9" stroke-linecap="round"/>',
  test: '<path d="M5.5 1h5M6.2 1.2v4.3L1.6 13.3A1.5 1.5 0 0 0 3 15.2h10a1.5 1.5 0 0 0 1.4-1.9L9.8 5.5V1.2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/><path d="M4.3 10h7.4l1.8 3.4a.6.6 0 0 1-.5.9H3a.6.6 0 0 1-.5-.9z" fill="currentColor"/>',
  unknown:
    '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2"/><path d="M6.3 6.4A1.8 1.8 0 1 1 8.7 8.1c-.5.2-.7.5-.7 1" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/><circle cx="8" cy="11.3" r=".95" fill="currentColor"/>',
}
