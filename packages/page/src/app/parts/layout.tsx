import type { ComponentChildren } from 'preact';
import type { HubState } from '../hub/hub.js';
import { WALL } from '../use-route.js';
import { Logo } from './icons.js';

/** The head of every page, and what is to be said of the connection. */
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
  if (link === 'lost') return 'framehub does not answer. It is asked again and again.';
  if (link === 'polling')
    return 'No WebSocket gets through to framehub: pictures come as streams, and their age is not known.';
  return '';
}
