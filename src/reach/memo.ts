/** A cache for computed answers. */

interface Memo<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

export function inMap<K, V>(memo: Memo<K, V>, key: K, make: () => V): V {
  const known = memo.get(key);
  if (known !== undefined) return known;
  const made = make();
  memo.set(key, made);
  return made;
}

export function newMap<K, V>(): Map<K, V> {
  return new Map();
}
