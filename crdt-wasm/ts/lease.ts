/** Which of the stores of a database a tab has to itself, for as long as it lives: by Web Locks. */

/** How long a store that was used is waited for before another is begun. */
const RETURN_MS = 250;

/** A store that this tab has to itself. */
export interface Lease {
  readonly slot: number;
  release(): void;
}

export async function leaseFirst(locks: LockManager, name: string, known: ReadonlySet<number>): Promise<Lease> {
  for (const slot of known) {
    const lease = await leaseOf(locks, name, slot);
    if (lease !== undefined) return lease;
  }
  // Tabs use them all, or a page that has just gone has not given its own back yet.
  const returned = await leaseReturned(locks, name, known);
  if (returned !== undefined) return returned;
  for (let slot = 0; ; slot++) {
    const lease = await leaseOf(locks, name, slot);
    if (lease !== undefined) return lease;
  }
}

/** The first of these stores that is given back within a while. */
async function leaseReturned(
  locks: LockManager,
  name: string,
  slots: ReadonlySet<number>,
): Promise<Lease | undefined> {
  if (slots.size === 0) return undefined;
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), RETURN_MS);
  const lease = await new Promise<Lease | undefined>((resolve) => {
    const { signal } = waiting;
    signal.addEventListener("abort", () => resolve(undefined));
    for (const slot of slots) {
      const request = locks.request(lockOf(name, slot), { signal }, () => {
        if (signal.aborted) return undefined;
        return new Promise<void>((release) => {
          resolve({ slot, release });
          waiting.abort();
        });
      });
      request.catch(() => {});
    }
  });
  clearTimeout(timer);
  return lease;
}

function lockOf(name: string, slot: number): string {
  return `crdt-wasm ${name} ${slot}`;
}

export function leaseOf(locks: LockManager, name: string, slot: number): Promise<Lease | undefined> {
  return new Promise((resolve, reject) => {
    const request = locks.request(lockOf(name, slot), { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => resolve({ slot, release }));
    });
    request.catch(reject);
  });
}
