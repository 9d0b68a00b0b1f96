/** A key or a value of the version before, which is still read. */
export interface OldKey {
  /** The keys around it. */
  readonly path: readonly string[];
  readonly key: string;
  /** The key's present name; the same where only the value is written differently. */
  readonly newKey: string;
  /** What to change, for the log. */
  readonly message: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** Keys of a camera that have another name now. */
const RENAMED: Readonly<Record<string, string>> = { framerate: 'fps', on_no_bandwidth: 'onNoBandwidth' };

/**
 * Translates a configuration of the version before: renamed keys, and durations that are a bare number of seconds.
 *
 * @param input the configuration, not checked yet; it is not changed
 * @returns the configuration in present words, and what was translated
 */
export function withoutOldKeys(input: unknown): { readonly input: unknown; readonly oldKeys: readonly OldKey[] } {
  const oldKeys: OldKey[] = [];
  const addUnit = (settings: Settings, path: readonly string[], key: string): Settings => {
    const value = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (typeof value !== 'number' || value < 0) return settings;
    const message = `${[...path, key].join('.')} needs a unit: write ${value}s instead of ${value}`;
    oldKeys.push({ path, key, newKey: key, message });
    return { ...settings, [key]: `${value}s` };
  };
  const renameKeys = (settings: Settings, path: readonly string[]): Settings => {
    const entries = Object.entries(settings).map(([key, value]) => {
      const newKey = Object.hasOwn(RENAMED, key) ? RENAMED[key] : undefined;
      // With both, the old one is an unknown key.
      if (newKey === undefined || Object.hasOwn(settings, newKey)) return [key, value];
      const message = `${[...path, key].join('.')} is now called ${newKey}: rename it`;
      oldKeys.push({ path, key, newKey, message });
      return [newKey, value];
    });
    return Object.fromEntries(entries);
  };
  const translated = inside(
    inside(input, 'mqtt', (mqtt) => addUnit(mqtt, ['mqtt'], 'keepalive')),
    'cameras',
    (all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, camera]) => {
          const path = ['cameras', name];
          return [name, isSettings(camera) ? addUnit(renameKeys(camera, path), path, 'idle') : camera];
        }),
      ),
  );
  return { input: translated, oldKeys };
}

function inside(value: unknown, key: string, translate: (settings: Settings) => Settings): unknown {
  if (!isSettings(value) || !Object.hasOwn(value, key)) return value;
  const inner = value[key];
  return isSettings(inner) ? { ...value, [key]: translate(inner) } : value;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
