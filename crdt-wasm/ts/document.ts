import { RawDocument } from "#raw";

import { bytesOf, idOf } from "./given.js";
import { ready } from "./module.js";
import { Owner } from "./owner.js";
import type { ReplicaId } from "./replica-id.js";
import { monotonic } from "./time.js";
import { Reader } from "./wire.js";

/**
 * Named values of every kind, in one document. Each write returns the change, for whoever is to merge
 * it; nothing is kept of what was sent to whom. For that there is a `Replica`.
 *
 * ```js
 * const doc = new Document(ReplicaId.random());
 * const delta = doc.counter("likes").increment();
 * other.merge(delta);
 * ```
 */
export class Document extends Owner<Uint8Array<ArrayBuffer>, RawDocument> {
  /** An empty one; with an id it can be written to, without it only merged and read. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawDocument);
  constructor(from: ReplicaId | RawDocument | undefined) {
    ready();
    super(from instanceof RawDocument ? from : new RawDocument(idOf(from)));
  }

  /**
   * The document that {@link encode} wrote. Cost: O(n log n).
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): Document {
    ready();
    return new Document(RawDocument.decode(bytesOf(bytes), idOf(replica)));
  }

  /** Who writes; `undefined` if it only reads. */
  get id(): ReplicaId | undefined {
    return this.raw.id() as ReplicaId | undefined;
  }

  /**
   * Merges a document or a change, in any order and as often as one likes; says whether anything was new.
   * Cost: O(log n) for each value in it.
   * @throws {CrdtError} `malformed` or `version` if the bytes are no document; `from-the-future` and
   * `id-in-use` if they claim what cannot be. Nothing is changed then. The bytes have
   * no checksum: that they are what was written is for what carries them to see to.
   */
  merge(bytes: Uint8Array): boolean {
    const names = this.raw.merge(bytesOf(bytes), Date.now(), monotonic());
    if (names === undefined) return false;
    this.changed(new Reader(names).texts(), "remote");
    return true;
  }

  /**
   * What this document has seen, for a peer's {@link deltaSince}. Cost: O(n); it is smaller, and grows with the
   * replica ids that wrote and the gaps that removals left.
   */
  digest(): Uint8Array<ArrayBuffer> {
    return this.raw.digest();
  }

  /**
   * What a peer with this digest lacks, and nothing else. Cost: that of the digest, and of what it gives.
   * @throws {CrdtError} `malformed` if it is no digest of a document.
   */
  deltaSince(digest: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.raw.deltaSince(bytesOf(digest));
  }

  /** Says that the wall clock is right although it jumped ahead. */
  confirmClock(): void {
    this.raw.confirmClock(Date.now(), monotonic());
  }
}
