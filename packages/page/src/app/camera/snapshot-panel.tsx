import { useCallback, useState } from 'preact/hooks';
import { fetchSnapshot } from '../hub/api.js';
import { Icon } from '../parts/icons.js';
import { fileName } from '../texts.js';

export interface Snapshot {
  /** Query of the snapshot that is being fetched. */
  readonly busy: string | undefined;
  readonly error: string | undefined;
  /** Fetches a snapshot, and saves it as a file. */
  save(query: string): void;
}

const WHOLE_SENSOR = 'size=max';

export function useSnapshot(name: string): Snapshot {
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();
  const save = useCallback(
    (query: string) => {
      setBusy(query);
      setError(undefined);
      fetchSnapshot(name, query)
        .then(({ snapshot, takenAt }) => download(snapshot, fileName(name, takenAt)))
        .catch((reason: Error) => setError(reason.message))
        .finally(() => setBusy(undefined));
    },
    [name],
  );
  return { busy, error, save };
}

export function SnapshotPanel({ snapshot: { busy, error, save } }: { snapshot: Snapshot }) {
  return (
    <section class="panel" aria-label="Save an image">
      <div class="pair">
        <button type="button" class="primary" disabled={busy !== undefined} onClick={() => save('')}>
          <Icon name="save" /> Save image
        </button>
        <button
          type="button"
          disabled={busy !== undefined}
          title="The largest size that the camera has; the stream stops for a moment"
          onClick={() => save(WHOLE_SENSOR)}
        >
          {busy === WHOLE_SENSOR ? 'Saving …' : 'In full size'}
        </button>
      </div>
      <p class="refusal" role="alert">
        {error}
      </p>
    </section>
  );
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has opened it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
