/** What a name can be used as, in the order of the module's tags. */
export const KINDS = ["counter", "pnCounter", "gSet", "set", "register", "mvRegister"] as const;

/** What a name is used as: the name of the method that reads it. */
export type Kind = (typeof KINDS)[number];

/** The module's tag of a kind. */
export function tagOf(kind: Kind): number {
  return KINDS.indexOf(kind);
}
