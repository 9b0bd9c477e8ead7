/** How large the browser's text is set, for what is drawn in pixels: 1 at the usual 16. */
export function textScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
}
