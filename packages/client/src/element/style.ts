export const STYLE = `
:host { display: block; position: relative; overflow: hidden; aspect-ratio: 16 / 9; background: #14171a; color: #e8eaed;
  font: 500 13px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
canvas, img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: var(--framehub-fit, contain); }
[hidden] { display: none !important; }
p { position: absolute; inset: auto 0 0 auto; margin: 6px; padding: 2px 8px; border-radius: 999px;
  background: rgb(0 0 0 / 65%); font-variant-numeric: tabular-nums; }
p:empty { display: none; }
`;
