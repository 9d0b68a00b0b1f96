/** Dark unless the person's system asks for light: pictures look better on dark. */
export const STYLE = `
:root {
  color-scheme: dark light;
  --ground: #14161a; --card: #1e2127; --text: #e8eaed; --quiet: #9aa0a8; --line: #2e323a;
  --good: #4cc38a; --warn: #f5b547; --bad: #f2716b; --link: #7cb7ff;
}
@media (prefers-color-scheme: light) {
  :root {
    --ground: #f4f5f7; --card: #ffffff; --text: #1b1e23; --quiet: #5f6670; --line: #dfe2e7;
    --good: #1a7f50; --warn: #9a6200; --bad: #c0352f; --link: #1861c9;
  }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, footer { padding: 0.75rem 1.25rem; display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
h1 { margin: 0; font-size: 1.15rem; font-weight: 600; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
footer, #notice { color: var(--quiet); font-size: 0.875rem; }
#notice { color: var(--bad); margin: 0; }
main { display: grid; gap: 1rem; padding: 0 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
main > :only-child { max-width: 82rem; width: 100%; margin: 0 auto; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; overflow: hidden; }
.picture { position: relative; display: grid; place-items: center; background: #000; min-height: 12rem; }
.picture img { display: block; width: 100%; max-height: 80vh; object-fit: contain; }
.picture p { position: absolute; margin: 0; padding: 0.4rem 0.8rem; border-radius: 0.4rem; background: #000b; color: #fff; max-width: 90%; }
.picture p:empty { display: none; }
figcaption { display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; align-items: baseline; padding: 0.6rem 0.9rem; }
figcaption strong { font-weight: 600; }
figcaption .facts { color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; flex: 1; }
.state::before { content: ""; display: inline-block; width: 0.55em; height: 0.55em; border-radius: 50%; margin-right: 0.4em; background: currentColor; }
.state { font-size: 0.875rem; color: var(--warn); }
.state.live, .state.asleep { color: var(--good); }
.state.waiting, .state.closed { color: var(--bad); }
.state.off { color: var(--quiet); }
`;
