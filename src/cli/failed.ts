/** Thrown by a command that has checked something, and has said what is wrong. */
export class CheckFailed extends Error {}
