/** Drawn here, on a grid of 20 by 20. */
const PATHS = {
  back: 'M12 4l-6 6 6 6',
  next: 'M8 4l6 6-6 6',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M3 6h14v8H3zM6.5 8.5h7v3h-7z',
  fill: 'M3 6h14v8H3z',
  full: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  exit: 'M8 4v4H4M16 8h-4V4M12 16v-4h4M4 12h4v4',
  save: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  mirror: 'M10 3v14M7 6l-4 8h4zM13 6l4 8h-4z',
  reset: 'M5 10a5.5 5.5 0 1 0 1.8-4M5 3.5V7h3.5',
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4z',
  done: 'M4 10.5l4 4 8-9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, turned = false }: { name: IconName; turned?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" data-turned={turned}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A viewfinder. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 11V6a2 2 0 0 1 2-2h5M21 4h5a2 2 0 0 1 2 2v5M28 21v5a2 2 0 0 1-2 2h-5M11 28H6a2 2 0 0 1-2-2v-5" />
      <circle cx="16" cy="16" r="4.5" />
    </svg>
  );
}
