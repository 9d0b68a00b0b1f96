import type { CameraSettings, SettingsChange } from '@framehub/client';
import type { CameraSettingsState } from '../hub/use-camera.js';
import { type ChoiceProps, Menu, Row, type RowProps, Segments, Switch, useSlider } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import {
  flipOf,
  formatOptions,
  mirrorsOf,
  rateOptions,
  sizeKey,
  sizeOf,
  sizeOptions,
  widthOptions,
} from './choices.js';

const ROTATIONS = ([0, 90, 180, 270] as const).map((value) => ({ value, label: `${value}°` }));
/** Shown while the quality is the hub's default. */
const DEFAULT_QUALITY = 80;

/** Settings of the camera, for all viewers. */
export function SettingsPanel({ settings: state, canControl }: { settings: CameraSettingsState; canControl: boolean }) {
  const { settings, error } = state;
  return (
    <section class="panel" aria-labelledby="settings">
      <h2 id="settings">Image</h2>
      {!canControl && (
        <p class="hint">Nothing can be changed from this address: see http.hosts in the configuration.</p>
      )}
      <p class="refusal" role="alert">
        {error}
      </p>
      {settings && (
        <fieldset disabled={!canControl}>
          <legend class="spoken">Image</legend>
          <Settings {...state} settings={settings} />
        </fieldset>
      )}
      <p class="hint">For all viewers, until the configuration changes or framehub stops.</p>
    </section>
  );
}

type SettingsProps = CameraSettingsState & { readonly settings: CameraSettings };

function Settings({ settings, pending, change }: SettingsProps) {
  const row = (key: keyof SettingsChange, initial: unknown = null) => ({
    busy: key in pending,
    reset: settings[key] === initial ? undefined : () => change({ [key]: initial }),
  });
  const mirrors = mirrorsOf(settings.flip);
  const size = sizeKey(settings.size);
  return (
    <>
      <Row
        label="Camera on"
        field="enabled"
        busy={'enabled' in pending}
        value={<Switch id="enabled" on={settings.enabled} turn={(enabled) => change({ enabled })} />}
      />
      {settings.profiles.length > 0 && (
        <MenuRow
          {...row('profile')}
          id="profile"
          label="Profile"
          options={[null, ...settings.profiles].map((value) => ({ value, label: value ?? 'None' }))}
          value={settings.profile}
          choose={(profile) => change({ profile })}
        />
      )}
      <Row label="Rotate" {...row('rotate', 0)}>
        <Segments label="Rotate" options={ROTATIONS} value={settings.rotate} choose={(rotate) => change({ rotate })} />
      </Row>
      <Row
        label="Mirror"
        {...row('flip', 'none')}
        value={
          <div class="pair">
            {(['horizontal', 'vertical'] as const).map((way) => (
              <button
                key={way}
                type="button"
                class="tool"
                aria-pressed={mirrors[way]}
                aria-label={`Mirror ${way}`}
                title={`Mirror ${way}`}
                onClick={() => change({ flip: flipOf({ ...mirrors, [way]: !mirrors[way] }) })}
              >
                <Icon name="mirror" turned={way === 'vertical'} />
              </button>
            ))}
          </div>
        }
      />
      <MenuRow
        {...row('size')}
        id="size"
        label="Size"
        options={sizeOptions(size)}
        value={size}
        choose={(key) => change({ size: sizeOf(key) })}
      />
      <MenuRow
        {...row('format')}
        id="format"
        label="Format"
        options={formatOptions(settings.format)}
        value={settings.format}
        choose={(format) => change({ format })}
      />
      <MenuRow
        {...row('fps')}
        id="fps"
        label="Frames"
        options={rateOptions(settings.fps)}
        value={settings.fps}
        choose={(fps) => change({ fps })}
      />
      <MenuRow
        {...row('width')}
        id="width"
        label="Scaled to"
        options={widthOptions(settings.width)}
        value={settings.width}
        choose={(width) => change({ width })}
      />
      <Quality settings={settings} change={change} {...row('quality')} />
    </>
  );
}

type RowState = Pick<RowProps, 'busy' | 'reset'>;

function MenuRow<T>({ busy, reset, ...choice }: ChoiceProps<T> & RowState) {
  return <Row label={choice.label} field={choice.id} busy={busy} reset={reset} value={<Menu {...choice} />} />;
}

type QualityProps = Pick<SettingsProps, 'settings' | 'change'> & RowState;

function Quality({ settings: { quality }, change, busy, reset }: QualityProps) {
  const { number, slider } = useSlider({
    id: 'quality',
    label: 'JPEG quality',
    value: quality ?? DEFAULT_QUALITY,
    min: 1,
    max: 100,
    step: 1,
    live: false,
    set: (value) => change({ quality: value }),
  });
  return (
    <Row
      label="JPEG quality"
      field="quality"
      busy={busy}
      reset={reset}
      value={number}
      hint={quality === null ? 'Automatic: a camera’s own JPEGs are passed on unchanged.' : undefined}
    >
      {slider}
    </Row>
  );
}
