import { useEffect, useState } from 'preact/hooks';

/** Something that has to be looked at now and again. @param every milliseconds */
export function useReading<T>(read: () => T, every: number): T {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setValue(read()), every);
    return () => clearInterval(timer);
  }, [read, every]);
  return value;
}
