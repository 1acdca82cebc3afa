import { CrdtError } from "./errors.js";
import { said } from "./given.js";

/** What a name can be used as, in the order of the module's tags. */
export const KINDS = ["counter", "pnCounter", "gSet", "set", "register", "mvRegister"] as const;

/** What a name is used as: the name of the method that reads it. */
export type Kind = (typeof KINDS)[number];

/** The module's tag of a kind. @throws {CrdtError} `option` if there is no such kind. */
export function tagOf(kind: Kind): number {
  const tag = KINDS.indexOf(kind);
  if (tag < 0) throw new CrdtError("option", `there is no kind ${said(kind)}, but ${KINDS.join(", ")}`);
  return tag;
}
