/**
 * The canvas stands in the flow: without a height of its own the element has the shape of the picture, and with one, or
 * with a greatest one, the picture is fitted into it.
 */
const STYLE = `
:host { display: block; position: relative; overflow: hidden; background: #14171a; color: #fff;
  font: 500 13px/1.4 system-ui, sans-serif; }
:host([hidden]), [hidden] { display: none; }
canvas, img { display: block; width: 100%; height: 100%; max-height: inherit; object-fit: var(--framehub-fit, contain); }
:host(:is([state="offline"], [state="refused"])) :is(canvas, img) { opacity: 0.4; }
p { position: absolute; inset: auto 0 0 auto; max-width: calc(100% - 12px); box-sizing: border-box; margin: 6px;
  padding: 2px 9px; border-radius: 11px; background: rgb(0 0 0 / 70%); font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; max-height: calc(100% - 12px); overflow: hidden; }
p:empty { display: none; }
`;

let sheet: CSSStyleSheet | undefined;

/** Shared by all elements. Not a `<style>`, which the policies of some pages forbid. */
export function styleSheet(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}
