import type { ComponentChildren } from 'preact';
import type { HubState } from '../hub/hub.js';
import { WALL } from '../route.js';
import { Logo } from './icons.js';

/** The head of every page, with the state of the connection. */
export function Header({ state, children }: { state: HubState; children: ComponentChildren }) {
  return (
    <>
      <header class="header">
        <a class="brand" href={WALL} aria-label="framehub">
          <Logo />
          <span>framehub</span>
        </a>
        {children}
      </header>
      <p class="connection" role="status" data-link={state.link}>
        {messageOf(state)}
      </p>
    </>
  );
}

function messageOf({ link }: HubState): string {
  if (link === 'lost') return 'framehub does not answer. The page keeps trying.';
  if (link === 'polling')
    return 'No WebSocket gets through to framehub: frames arrive as streams, and their age is unknown.';
  return '';
}

/** A legend of keyboard shortcuts. */
export function Keys({ keys }: { keys: readonly (readonly [key: string, what: string])[] }) {
  return (
    <footer class="keys">
      {keys.map(([key, what]) => (
        <span key={key}>
          <kbd>{key}</kbd> {what}
        </span>
      ))}
    </footer>
  );
}
