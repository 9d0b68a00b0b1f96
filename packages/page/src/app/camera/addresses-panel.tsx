import { useState } from 'preact/hooks';
import { base } from '../hub/api.js';
import { Icon } from '../parts/icons.js';
import { type Address, addressesOf, isLoopback } from './addresses.js';

export function AddressesPanel({ name }: { name: string }) {
  const { plain, programs } = addressesOf(base, name);
  return (
    <section class="panel" aria-labelledby="addresses">
      <h2 id="addresses">Addresses</h2>
      {isLoopback(location.hostname) && (
        <p class="hint">Other machines need the name or address of this one instead of {location.hostname}.</p>
      )}
      {plain.map((address) => (
        <CopyRow key={address.label} of="" {...address} />
      ))}
      {programs.map(({ program, hint, addresses }) => (
        <details key={program}>
          <summary>{program}</summary>
          <p class="hint">{hint}.</p>
          {addresses.map((address) => (
            <CopyRow key={address.label} of={program} {...address} />
          ))}
        </details>
      ))}
    </section>
  );
}

function CopyRow({ of, label, text }: Address & { of: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="address">
      <span class="label">{label}</span>
      <code>{text}</code>
      <button type="button" class="tool" aria-label={`Copy ${of} ${label}`} title="Copy" onClick={copy}>
        <Icon name={copied ? 'done' : 'copy'} />
      </button>
      <span class="spoken" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  );
}

/** Copies a text to the clipboard. @returns whether it worked */
async function copyText(text: string): Promise<boolean> {
  // Only for pages over TLS or from this machine; most hubs are neither.
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'spoken';
  const focused = document.activeElement as HTMLElement | null;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  focused?.focus();
  return copied;
}
