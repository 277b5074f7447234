// A list that keeps its rows when records change, so that a focused button is never rebuilt.
//
// keyed(parent, [[key, record], …], make): make() gives { element, update(record) } for a new key.

const kept = new WeakMap(); // parent → its rows by key

export function keyed(parent, entries, make) {
  const rows = kept.get(parent) ?? new Map();
  kept.set(parent, rows);
  const keys = new Set(entries.map(([key]) => key));
  for (const [key, row] of rows) {
    if (!keys.has(key)) {
      row.element.remove();
      rows.delete(key);
    }
  }
  let next = parent.firstElementChild;
  for (const [key, record] of entries) {
    if (!rows.has(key)) rows.set(key, make());
    const row = rows.get(key);
    row.update(record);
    if (row.element === next) next = next.nextElementSibling;
    else parent.insertBefore(row.element, next);
  }
}
