/**
 * Whether the other end of a socket is still there. A replica that has all it needs is silent, and a line
 * that was cut tells nobody: so who has not been heard for a while is greeted again. A greeting that comes
 * twice changes nothing, and every replica answers it.
 */

import type { Socket } from "./websocket.js";

/** The second byte of a greeting, in every version of the protocol. */
const HELLO = 0;
const OPEN = 1;
/** The longest that a timer can wait. */
const LONGEST_MS = 0x7fff_ffff;

export class Watch {
  readonly #socket: Socket;
  readonly #silenceMs: number;
  readonly #gone: () => void;
  #greeting: Uint8Array<ArrayBuffer> | undefined;
  /** Once it was asked: how much waited to be sent when it was last looked at. */
  #waited: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `gone` after two silences on end, of which the second was one in spite of a greeting. */
  constructor(socket: Socket, silenceMs: number, gone: () => void) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
    this.#gone = gone;
    this.#arm();
  }

  /** Something came from the other end. */
  heard(): void {
    this.#waited = undefined;
    this.#arm();
  }

  /** This was sent. */
  sent(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes[1] === HELLO) this.#greeting = bytes;
  }

  /** Asks now, as there is a reason to doubt. */
  ask(): void {
    if (this.#waited === undefined) this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const waiting = this.#socket.bufferedAmount;
    const isOpen = this.#socket.readyState === OPEN;
    if (this.#waited !== undefined && waiting >= this.#waited) {
      this.#gone();
      return;
    }
    if (isOpen && this.#waited === undefined) {
      // What was not stored yet may not be sent, nor the greeting: then nobody owes an answer.
      if (this.#greeting !== undefined) {
        this.#socket.send(this.#greeting);
        this.#waited = waiting;
      }
    } else {
      // It is being made, or sends on: slowly, but it does.
      this.#waited = waiting;
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), Math.min(this.#silenceMs, LONGEST_MS));
  }
}
