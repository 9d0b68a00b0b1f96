import type { CameraSettings, SettingsChange } from '@framehub/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { changeCamera, fetchCamera } from './api.js';
import { hub } from './hub.js';

export interface CameraSettingsState {
  /** As they are, or are wished to be; undefined until they are known. */
  readonly settings: CameraSettings | undefined;
  /** What is on its way. */
  readonly wished: SettingsChange;
  /** Why they are not known, or the last change was not possible, in words. */
  readonly refusal: string | undefined;
  change(change: SettingsChange): void;
}

/** The settings of a camera, whoever changes them. */
export function useCameraSettings(name: string): CameraSettingsState {
  const [known, setKnown] = useState<CameraSettings>();
  const [wished, setWished] = useState<SettingsChange>({});
  const [refusal, setRefusal] = useState<string>();
  const underway = useRef(0);

  useEffect(() => {
    const read = (): void => {
      fetchCamera(name).then(
        (camera) => setKnown(camera.settings),
        (error: Error) => setRefusal(error.message),
      );
    };
    read();
    const offs = [
      hub.on('up', read),
      hub.on('settings', (event) => {
        if (event.camera === name) setKnown(event.settings);
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, [name]);

  const change = useCallback(
    (wish: SettingsChange) => {
      underway.current += 1;
      setWished((others) => ({ ...others, ...wish }));
      setRefusal(undefined);
      changeCamera(name, wish)
        .then(
          (camera) => setKnown(camera.settings),
          (error: Error) => setRefusal(error.message),
        )
        .finally(() => {
          underway.current -= 1;
          if (underway.current === 0) setWished({});
        });
    },
    [name],
  );

  return { settings: known && { ...known, ...wished }, wished, refusal, change };
}
