/** The keys that do something, for those who have some. */
export function Keys({ keys }: { keys: readonly (readonly [key: string, what: string])[] }) {
  return (
    <footer class="keys">
      {keys.map(([key, what]) => (
        <span key={key}>
          <kbd>{key}</kbd> {what}
        </span>
      ))}
    </footer>
  );
}
