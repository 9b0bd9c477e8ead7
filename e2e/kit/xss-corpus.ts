/** Twenty texts that hurt whoever shows them as they are (attack 13). The tripwire is `window.tripped()`; a browser test defines it. */

const esc = '\u001b'

export const payloads: readonly string[] = [
  '<script>tripped()</script>',
  '"><script>tripped()</script>',
  "'><img src=x onerror=tripped()>",
  '<img src=x onerror="tripped()">',
  '<svg onload=tripped()>',
  '<svg><script>tripped()</script></svg>',
  '<iframe srcdoc="<script>parent.tripped()</script>">',
  '<a href="javascript:tripped()">x</a>',
  'javascript:tripped()',
  '<details open ontoggle=tripped()>',
  '<style>@import"javascript:tripped()"</style>',
  '{{constructor.constructor("tripped()")()}}',
  '${tripped()}',
  '</title><script>tripped()</script>',
  '--></textarea><script>tripped()</script>',
  '<b onmouseover=tripped()>b</b>',
  // For terminals and logs: colours, the window's title, a line of its own, text that reads backwards.
  `${esc}[31mred${esc}[0m`,
  `${esc}]0;owned\u0007`,
  'ok\r\n{"level":50,"msg":"made up"}',
  '\u202Egnp.exe\u0000\u009b31m',
]

/** Shortened to what a field may hold; a text cut short is still no text of ours. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most)
}

/** Control characters as they are, line ends and tabs excepted: what a terminal would act on. */
// oxlint-disable-next-line no-control-regex -- it looks for control characters
export const rawControl = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
