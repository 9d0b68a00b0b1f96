import { useCallback, useState } from 'preact/hooks';
import { fetchSnapshot } from '../hub/api.js';
import { Icon } from '../parts/icons.js';
import { fileName } from './file-name.js';

export interface Snapshot {
  /** The query of the picture that is being taken. */
  readonly busy: string | undefined;
  readonly refusal: string | undefined;
  /** Takes a picture and hands it to the browser as a file. */
  save(query: string): void;
}

const WHOLE_SENSOR = 'size=max';

export function useSnapshot(name: string): Snapshot {
  const [busy, setBusy] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const save = useCallback(
    (query: string) => {
      setBusy(query);
      setRefusal(undefined);
      fetchSnapshot(name, query)
        .then(({ picture, takenAt }) => download(picture, fileName(name, takenAt)))
        .catch((error: Error) => setRefusal(error.message))
        .finally(() => setBusy(undefined));
    },
    [name],
  );
  return { busy, refusal, save };
}

export function SnapshotPanel({ snapshot: { busy, refusal, save } }: { snapshot: Snapshot }) {
  return (
    <section class="panel" aria-label="Save a picture">
      <div class="pair">
        <button type="button" class="primary" disabled={busy !== undefined} onClick={() => save('')}>
          <Icon name="save" /> Save picture
        </button>
        <button
          type="button"
          disabled={busy !== undefined}
          title="The largest picture that the camera has; the stream stands still for a moment"
          onClick={() => save(WHOLE_SENSOR)}
        >
          {busy === WHOLE_SENSOR ? 'Taking it …' : 'In full size'}
        </button>
      </div>
      <p class="refusal" role="alert">
        {refusal}
      </p>
    </section>
  );
}

function download(picture: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
