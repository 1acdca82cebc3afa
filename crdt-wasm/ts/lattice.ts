import { bytesOf } from "./given.js";
import { Handle } from "./handle.js";

interface RawLattice {
  merge(bytes: Uint8Array, now: number): boolean;
  digest(): Uint8Array<ArrayBuffer>;
  deltaSince(digest: Uint8Array): Uint8Array<ArrayBuffer>;
  encode(): Uint8Array<ArrayBuffer>;
  free(): void;
}

/** What every data type has: it merges, and says what a peer lacks. */
export abstract class Lattice<R extends RawLattice> extends Handle<R> {
  /**
   * Merges a state or a delta, in any order and as often as one likes; says whether anything was new. Cost:
   * O(log n) for each part of a delta, one pass over both for a state.
   * @throws {CrdtError} `malformed` or `version` if the bytes are none of this type's; `from-the-future`
   * and `id-in-use` if they claim what cannot be. Nothing is changed then. The bytes have
   * no checksum: that they are what was written is for what carries them to see to.
   */
  merge(bytes: Uint8Array): boolean {
    return this.raw.merge(bytesOf(bytes), Date.now());
  }

  /** What this state has seen, for a peer's {@link deltaSince}. Cost: O(n), of a GSet O(n log n). */
  digest(): Uint8Array<ArrayBuffer> {
    return this.raw.digest();
  }

  /**
   * What a peer with this digest lacks, and nothing else. Cost: O(n) at most.
   * @throws {CrdtError} `malformed` if it is no digest of this type.
   */
  deltaSince(digest: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.raw.deltaSince(bytesOf(digest));
  }

  /** The canonical bytes: equal states have equal ones, here and in Rust. Cost: O(n). */
  encode(): Uint8Array<ArrayBuffer> {
    return this.raw.encode();
  }
}
