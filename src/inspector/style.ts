// The inspector's looks, in the page's colour scheme and whatever width it is given. Nothing of the page's styles comes in.

export const STYLE = `
:host {
  --text: light-dark(#1d2129, #e6e8ec);
  --soft: light-dark(#565c69, #a8aebb);
  --ground: light-dark(#ffffff, #1c1f26);
  --line: light-dark(#d8dad8, #363b46);
  --accent: light-dark(#274b8c, #8fb4f5);
  --danger: light-dark(#a12a22, #f2938a);
  color-scheme: light dark;
  display: block;
  container-type: inline-size;
  padding: 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--ground);
  color: var(--text);
  font: 13px / 1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; }
h2, h3 { font-size: 14px; }
section, .message:not(:empty) { margin-block-start: 12px; }
header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px; }
button, input {
  min-block-size: 28px;
  padding: 2px 10px;
  border: 1px solid var(--soft);
  border-radius: 6px;
  background: transparent;
  color: inherit;
  font: inherit;
}
input { inline-size: 16em; max-inline-size: 100%; }
input::placeholder { color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.soft, dt, time, th { color: var(--soft); }
.message { color: var(--danger); }
.usage { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 20px; }
.usage dl { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 6px 20px; }
.gauge p { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; }
meter { inline-size: 100%; }
.scroll { overflow-x: auto; max-block-size: 320px; margin-block-start: 6px; }
table { inline-size: 100%; border-collapse: collapse; text-align: start; white-space: nowrap; }
th { position: sticky; inset-block-start: 0; background: var(--ground); font-weight: 500; }
th, td { padding: 3px 12px 3px 0; border-block-end: 1px solid var(--line); text-align: start; }
td:first-child { font-weight: 600; }
tr[data-state='in memory'] td:nth-child(5) { color: var(--accent); }
ol { max-block-size: 200px; margin-block-start: 6px; overflow-y: auto; list-style: none; }
li { display: flex; flex-wrap: wrap; gap: 0 10px; padding: 2px 0; overflow-wrap: anywhere; }
li[data-type='error'] strong { color: var(--danger); }
@container (inline-size < 520px) {
  .usage { grid-template-columns: 1fr; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: 0 10px; padding: 6px 0; border-block-end: 1px solid var(--line); }
  td { padding: 0; border: 0; white-space: normal; overflow-wrap: anywhere; }
  td:first-child { flex-basis: 100%; }
}
`
