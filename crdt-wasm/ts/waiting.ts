/** Those who wait until something holds, by what that is. */

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class WaitingRoom {
  readonly #waiting = new Map<string, Set<Waiting>>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  has(what: string): boolean {
    return this.#waiting.has(what);
  }

  /** Resolves once it is settled; rejects as the signal is aborted, or with all. */
  wait(what: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const entry: Waiting = {
        resolve: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
        reject: (error) => {
          signal?.removeEventListener("abort", abort);
          reject(error);
        },
      };
      let entries = this.#waiting.get(what);
      if (entries === undefined) this.#waiting.set(what, (entries = new Set()));
      entries.add(entry);
      const abort = (): void => {
        entries.delete(entry);
        if (entries.size === 0) this.#waiting.delete(what);
        entry.reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
    });
  }

  settle(what: string): void {
    const entries = this.#waiting.get(what);
    this.#waiting.delete(what);
    entries?.forEach((entry) => entry.resolve());
  }

  rejectAll(error: unknown): void {
    for (const entries of this.#waiting.values()) entries.forEach((entry) => entry.reject(error));
    this.#waiting.clear();
  }
}
