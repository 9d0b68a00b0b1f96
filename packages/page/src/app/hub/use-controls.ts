import type { CameraControl, ControlValues } from '@framehub/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fetchControls, type HubError, setControls } from './api.js';
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

/** The controls of a camera, whoever changes them. */
export function useControls(name: string): ControlsState {
  const [controls, setKnown] = useState<readonly CameraControl[]>();
  const [wished, setWished] = useState<ControlValues>({});
  const [changedElsewhere, setChangedElsewhere] = useState<readonly string[]>([]);
  const [refusal, setRefusal] = useState<string>();
  const sender = useRef<ControlSender>(null);
  const known = useRef<readonly CameraControl[]>([]);

  useEffect(() => {
    let wanted = true;
    const learn = (answer: readonly CameraControl[]): void => {
      known.current = answer;
      setKnown(answer);
    };
    const own = new ControlSender(
      (values) => setControls(name, values),
      (answer) => {
        if (!wanted) return;
        if (answer instanceof Error) setRefusal(answer.message);
        else learn(answer);
        setWished(own.wished);
      },
    );
    sender.current = own;
    const read = (): void => {
      fetchControls(name).then(
        (answer) => wanted && learn(answer),
        (error: HubError) => wanted && (error.code === 'CAPTURE_NO_CONTROLS' ? learn([]) : setRefusal(error.message)),
      );
    };
    read();
    const offs = [
      hub.on('up', read),
      hub.on('controls', (event) => {
        if (event.camera !== name) return;
        const before = new Map(known.current.map((control) => [control.name, control.value]));
        const others = event.controls.filter((c) => c.value !== before.get(c.name) && !(c.name in own.wished));
        setChangedElsewhere(others.map((control) => control.name));
        learn(event.controls);
      }),
    ];
    return () => {
      wanted = false;
      for (const off of offs) off();
    };
  }, [name]);

  const set = useCallback((values: ControlValues) => {
    setRefusal(undefined);
    sender.current?.set(values);
    setWished(sender.current?.wished ?? {});
  }, []);

  return { controls, wished, changedElsewhere, refusal, set };
}
