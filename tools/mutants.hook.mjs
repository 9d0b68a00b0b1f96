// Loaded into the processes of a mutant's tests: changes one piece of one module's source while it is loaded, so that no
// file is ever touched.
const { url: target, at, length, text } = JSON.parse(process.env.FRAMEHUB_MUTANT);

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (url !== target) return loaded;
  const source = Buffer.from(loaded.source).toString();
  return { ...loaded, source: source.slice(0, at) + text + source.slice(at + length) };
}
