/** Look of the readable API page: the tokens of the house (grounds, ink, accent, status), light and dark by preference. */
export const apiPageStyle = `:root {
  color-scheme: light;
  --bg: #f1f4f5; --surface: #fff; --code: #e9edf0; --line: #dbe1e5;
  --ink: #0f1e28; --ink-2: #3a4b57; --ink-3: #53636f; --accent: #17395c; --focus: #0b5bd3;
  --get: #1255a6; --post: #0a6847; --patch: #7d4e00; --delete: #b0221b;
}
@media (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --bg: #0a1116; --surface: #111a20; --code: #1f2d37; --line: #25333d;
    --ink: #e9eff3; --ink-2: #b9c6cf; --ink-3: #98a8b3; --accent: #a9cbee; --focus: #8ab9ff;
    --get: #82baff; --post: #5fd6a3; --patch: #f3bb52; --delete: #ff9183;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 0.875rem/1.25rem "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
code, pre, .method { font-family: "IBM Plex Mono", ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
header { padding: 32px 24px 8px; max-width: 78rem; margin: 0 auto; }
h1 { font-size: 1.375rem; line-height: 1.75rem; margin: 0 0 8px; }
h2 { font-size: 1.125rem; line-height: 1.5rem; margin: 32px 0 12px; }
h3 { font-size: 0.875rem; line-height: 1.25rem; margin: 0 0 4px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; max-width: 70ch; color: var(--ink-2); }
a { color: var(--accent); text-underline-offset: 2px; }
a:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 16px; background: var(--surface); padding: 8px 12px; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 24px; max-width: 78rem; margin: 0 auto; padding: 0 24px 48px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav > ul > li { margin-bottom: 12px; }
nav > ul > li > a { font-weight: 600; }
nav a { text-decoration: none; display: block; padding: 2px 0; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
nav li li a { color: var(--ink-2); font-size: 0.8125rem; }
@media (min-width: 60rem) {
  .columns { grid-template-columns: 18rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 16px 8px 16px 0; }
}
article { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin-bottom: 12px; }
article:target { outline: 2px solid var(--focus); }
.method { font-size: 0.75rem; color: var(--get); }
.method.post { color: var(--post); }
.method.patch { color: var(--patch); }
.method.delete { color: var(--delete); }
dl { margin: 8px 0 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px 16px; }
dt { color: var(--ink-3); }
dd { margin: 0 0 8px; min-width: 0; }
dd ul { margin: 0; padding: 0; list-style: none; }
@media (min-width: 40rem) { dl { grid-template-columns: 8rem minmax(0, 1fr); } .codes { grid-template-columns: 16rem minmax(0, 1fr); } dd { margin: 0; } }
.note { color: var(--ink-3); }
pre { margin: 0; padding: 12px; background: var(--code); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8125rem; line-height: 1.125rem; }
dt:target, dt:target + dd { background: var(--code); }
@media print { nav, .skip { display: none; } article { break-inside: avoid; } }
`
