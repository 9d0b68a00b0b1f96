/** The object that a text says in JSON; an empty one for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** What a hub says is wrong, `{"error": {"message": …}}`, on one line; undefined when it says nothing of the kind. */
export function messageOf({ error }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return typeof error.message === 'string' ? error.message.replaceAll(/\s+/g, ' ') : undefined;
}
