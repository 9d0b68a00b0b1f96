import { createHash } from 'node:crypto';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

export interface Page {
  readonly html: string;
  /** Value of Content-Security-Policy: only this very script and style, and pictures of this server. */
  readonly policy: string;
}

/** The page at `/`: one file that asks for nothing from elsewhere. Relative addresses let it live behind a proxy's path. */
export function renderPage(title: string): Page {
  const heading = escapeHtml(title);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>${heading}</h1><p id="notice" role="status"></p></header>
<main></main>
<footer><a href="api/cameras">cameras</a><a href="api/openapi.json">API</a><a href="metrics">metrics</a><a href="readyz">health</a></footer>
<noscript><img src="stream" alt="Picture of the first camera"></noscript>
<script>${SCRIPT}</script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `style-src '${hashOf(STYLE)}'`,
    `script-src '${hashOf(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return { html, policy };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
