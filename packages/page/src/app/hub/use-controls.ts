import type { CameraControl, ControlValues, FramehubClientError } from '@framehub/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { setControls } from './api.js';
import { ControlSender } from './control-sender.js';
import { hub } from './hub.js';

export interface ControlsState {
  /** Undefined until they are known. */
  readonly controls: readonly CameraControl[] | undefined;
  /** Values that are on their way. */
  readonly wished: ControlValues;
  /** Names that somebody else has just changed. */
  readonly changedElsewhere: readonly string[];
  /** Why they are not known, or the last value was not possible, in words. */
  readonly refusal: string | undefined;
  set(values: ControlValues): void;
}

/** The controls of a camera, whoever changes them. @param live whether it can be asked for them */
export function useControls(name: string, live: boolean): ControlsState {
  const [controls, setKnown] = useState<readonly CameraControl[]>();
  const [wished, setWished] = useState<ControlValues>({});
  const [changedElsewhere, setChangedElsewhere] = useState<readonly string[]>([]);
  const [refusal, setRefusal] = useState<string>();
  const sender = useRef<ControlSender>(null);
  const known = useRef<readonly CameraControl[]>([]);
  const learn = useCallback((answer: readonly CameraControl[]) => {
    known.current = answer;
    setKnown(answer);
  }, []);

  useEffect(() => {
    const own = new ControlSender(
      (values) => setControls(name, values),
      (answer) => {
        if (answer instanceof Error) setRefusal(answer.message);
        else learn(answer);
        setWished(own.wished);
      },
    );
    sender.current = own;
    return hub.on('controls', (event) => {
      if (event.camera !== name) return;
      const before = new Map(known.current.map((control) => [control.name, control.value]));
      const others = event.controls.filter((now) => now.value !== before.get(now.name) && !(now.name in own.wished));
      setChangedElsewhere(others.map((control) => control.name));
      learn(event.controls);
    });
  }, [name, learn]);

  useEffect(() => {
    if (!live) return;
    const read = (): void => {
      hub.readControls(name).then(learn, ({ code, message }: FramehubClientError) => {
        if (code === 'CAPTURE_NO_CONTROLS') learn([]);
        else setRefusal(message);
      });
    };
    read();
    return hub.on('up', read);
  }, [name, live, learn]);

  const set = useCallback((values: ControlValues) => {
    setRefusal(undefined);
    sender.current?.set(values);
    setWished(sender.current?.wished ?? {});
  }, []);

  return { controls, wished, changedElsewhere, refusal, set };
}
