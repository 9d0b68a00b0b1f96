/** Control characters, surrogates, and what is no character: a broker may close the connection on them (MQTT 5, 1.5.4). */
const UNSENDABLE = /[\p{Cc}\p{Cs}\p{Cn}]/u;

/** Whether a text may be a topic, a property or a name in MQTT. Payloads are free. */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(text);
}
