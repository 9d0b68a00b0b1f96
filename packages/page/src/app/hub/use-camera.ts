import type {
  CameraControl,
  CameraSettings,
  ControlValues,
  FramehubClientError,
  SettingsChange,
} from '@framehub/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { changeCamera, fetchCamera, setControls } from './api.js';
import { ControlSender } from './control-sender.js';
import { hub } from './hub.js';

export interface CameraSettingsState {
  /** Present values, with the pending changes; undefined while unknown. */
  readonly settings: CameraSettings | undefined;
  /** Changes whose result is not known yet. */
  readonly pending: SettingsChange;
  /** Message, if the settings could not be read or the last change failed. */
  readonly error: string | undefined;
  change(change: SettingsChange): void;
}

/** The settings of a camera, kept up to date. */
export function useCameraSettings(name: string): CameraSettingsState {
  const [known, setKnown] = useState<CameraSettings>();
  const [pending, setPending] = useState<SettingsChange>({});
  const [error, setError] = useState<string>();
  const running = useRef(0);

  useEffect(() => {
    const read = (): void => {
      fetchCamera(name).then(
        (camera) => setKnown(camera.settings),
        (reason: Error) => setError(reason.message),
      );
    };
    read();
    const listeners = [
      hub.on('up', read),
      hub.on('settings', (event) => {
        if (event.camera === name) setKnown(event.settings);
      }),
    ];
    return () => {
      for (const listener of listeners) listener.close();
    };
  }, [name]);

  const change = useCallback(
    (next: SettingsChange) => {
      running.current += 1;
      setPending((others) => ({ ...others, ...next }));
      setError(undefined);
      changeCamera(name, next)
        .then(
          (camera) => setKnown(camera.settings),
          (reason: Error) => setError(reason.message),
        )
        .finally(() => {
          running.current -= 1;
          if (running.current === 0) setPending({});
        });
    },
    [name],
  );

  return { settings: known && { ...known, ...pending }, pending, error, change };
}

export interface ControlsState {
  /** Undefined while unknown. */
  readonly controls: readonly CameraControl[] | undefined;
  /** Values whose result is not known yet. */
  readonly pending: ControlValues;
  /** Names of controls that another program or client has just changed. */
  readonly changedByOthers: readonly string[];
  /** Message, if the controls could not be read or the last value was refused. */
  readonly error: string | undefined;
  set(values: ControlValues): void;
}

/** The controls of a camera, kept up to date. @param live whether they can be read */
export function useControls(name: string, live: boolean): ControlsState {
  const [controls, setKnown] = useState<readonly CameraControl[]>();
  const [pending, setPending] = useState<ControlValues>({});
  const [changedByOthers, setChangedByOthers] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const sender = useRef<ControlSender>(null);
  const known = useRef<readonly CameraControl[]>([]);
  const learn = useCallback((next: readonly CameraControl[]) => {
    known.current = next;
    setKnown(next);
  }, []);

  useEffect(() => {
    const own = new ControlSender(
      (values) => setControls(name, values),
      (result) => {
        if (result instanceof Error) setError(result.message);
        else learn(result);
        setPending(own.pending);
      },
    );
    sender.current = own;
    const listener = hub.on('controls', (event) => {
      if (event.camera !== name) return;
      const before = new Map(known.current.map((control) => [control.name, control.value]));
      const others = event.controls.filter((now) => now.value !== before.get(now.name) && !(now.name in own.pending));
      setChangedByOthers(others.map((control) => control.name));
      learn(event.controls);
    });
    return () => listener.close();
  }, [name, learn]);

  useEffect(() => {
    if (!live) return;
    const read = (): void => {
      hub.readControls(name).then(learn, ({ code, message }: FramehubClientError) => {
        if (code === 'CAPTURE_NO_CONTROLS') learn([]);
        else setError(message);
      });
    };
    read();
    const listener = hub.on('up', read);
    return () => listener.close();
  }, [name, live, learn]);

  const set = useCallback((values: ControlValues) => {
    setError(undefined);
    sender.current?.set(values);
    setPending(sender.current?.pending ?? {});
  }, []);

  return { controls, pending, changedByOthers, error, set };
}
