"""The style sheet of a page, for a screen of any width and for A4 paper.

Light only, because pictures are drawn on white. Every text has a contrast of at least 4.5 : 1 with
its background. Nothing is conveyed by colour alone.

On paper, a heading stays with what follows it, and nothing that stays in one piece is taller than
two fifths of a page. So no page is left half empty: long tables and programs break, and pictures
are a little smaller than on a screen.
"""

STYLE = """\
:root { color-scheme: light; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem 1rem 4rem; max-width: 52rem;
  background: #fff; color: #1b1b1b;
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.5rem 0 1rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.5rem 0 .6rem; padding-top: .8rem;
  border-top: 2px solid #c9d3dc; }
h3 { font-size: 1.12rem; margin: 1.6rem 0 .4rem; }
p, ul, figure, details, .scroll { margin: .7rem 0 1rem; }
li { margin: .35rem 0; }
a { color: #00518a; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid #00518a; outline-offset: 2px;
}
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: #fff; z-index: 1; }
nav { background: #f1f5f8; border-radius: .4rem; padding: .6rem 1rem; }
nav h2 { border: 0; margin: 0; padding: 0; font-size: 1rem; }
nav ul { columns: 17rem; margin: .3rem 0 0; padding-left: 1.2rem; }
nav li { break-inside: avoid; margin: 0; padding: .15rem 0; }
code, pre { font-size: .92em;
  font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
code { background: #eef1f4; padding: .05em .25em; border-radius: .2em; }
pre { margin: 0; padding: .7rem .9rem; background: #f4f6f8; border-left: 4px solid #5c7285; }
pre code { background: none; padding: 0; }
.scroll { overflow-x: auto; --paper: #fff;
  /* A shadow at an edge where more can be scrolled to: the first two layers, which move with the
     content, hide it at the content's ends. */
  background-color: var(--paper);
  background-image: linear-gradient(to right, var(--paper) 30%, transparent),
    linear-gradient(to left, var(--paper) 30%, transparent),
    linear-gradient(to right, rgb(27 27 27 / .25), transparent),
    linear-gradient(to left, rgb(27 27 27 / .25), transparent);
  background-position: left, right, left, right; background-repeat: no-repeat;
  background-size: 3rem 100%, 3rem 100%, 1rem 100%, 1rem 100%;
  background-attachment: local, local, scroll, scroll; }
.program { --paper: #f4f6f8; }
.program pre { background: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption, figcaption { text-align: left; color: #444; font-size: .93rem; padding: .2rem 0 .4rem; }
caption { position: sticky; left: 0; max-width: calc(100vw - 2rem); }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #c9d3dc; text-align: right;
  vertical-align: top; overflow-wrap: normal; }
thead th { border-bottom: 2px solid #5c7285; background: rgb(70 110 140 / .08);
  vertical-align: bottom; }
tbody th { font-weight: 600; }
.left { text-align: left; }
td { white-space: nowrap; }
td.left { white-space: normal; min-width: 6rem; max-width: 20rem; overflow-wrap: break-word; }
th.left { max-width: 20rem; overflow-wrap: break-word; }
figure svg { display: block; width: 100%; max-width: 100%; height: auto; }
.wide-picture svg { width: 60em !important; /* which its own max-width makes its natural size */
  mix-blend-mode: multiply; } /* its white shows the shadow at the edge */
.side-by-side { display: grid; gap: 1rem; margin: .7rem 0 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
.side-by-side > * { min-width: 0; margin: 0; }
.note { padding: .6rem .9rem; border-left: 5px solid #5c7285; background: #f1f5f8; }
.note.is-good { border-color: #00734d; background: #ebf6f1; }
.note.is-careful { border-color: #a64b00; background: #fdf3e7; }
.note.is-do { border-color: #00518a; background: #eaf3fa; }
summary { cursor: pointer; font-weight: 600; }
details { border: 1px solid #c9d3dc; border-radius: .3rem; padding: .5rem .9rem; }
@page { size: A4; margin: 17mm 16mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .skip { display: none; }
  h1, h2, h3, summary, caption, .before { break-after: avoid; break-inside: avoid; }
  h1 { margin-top: 0; }
  figure, tr, .note, li, table.short, pre.short { break-inside: avoid; }
  tbody tr:first-child { break-after: avoid; }
  tbody tr:last-child { break-before: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; background: none; }
  .program pre { background: #f4f6f8; }
  details:not([open]) { break-inside: avoid; }
  .wide-picture svg { width: 100% !important; }
  pre { white-space: pre-wrap; }
  h2 { margin-top: 1.3rem; }
  caption { position: static; max-width: none; }
  th, td { padding: .15rem .45rem; }
  td.left { overflow-wrap: anywhere; }
  table { font-size: 10pt; }
  table.wide { font-size: 7.5pt; }
  table.wide th, table.wide td { padding: .1rem .2rem; overflow-wrap: anywhere; min-width: 0; }
  figure svg { font-size: 9pt; max-height: 8.5cm; } /* its width is in em */
  .side-by-side { grid-template-columns: 1fr 1fr; }
  p, pre { orphans: 3; widows: 3; }
}
"""
