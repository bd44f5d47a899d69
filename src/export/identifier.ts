/** Names of a user's choice in languages that reserve some. */

/** `name` as an identifier in C and VHDL at once: ASCII letters, digits and single underscores between them, a letter
 *  first. What is no such character becomes an underscore; a reserved word of either language is followed by `_net`. */
export function identifier(name: string): string {
  const word = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const started = /^[A-Za-z]/.test(word) ? word : `net_${word}`.replace(/_$/, "");
  return RESERVED.has(started.toLowerCase()) ? `${started}_net` : started;
}

/** C99, C++ (which may include the header), VHDL-2008, whose words are reserved in any case, and files beside the model. */
const RESERVED: ReadonlySet<string> = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long register
  restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main bare vectors
  alignas alignof and and_eq asm bitand bitor bool catch class compl constexpr decltype delete dynamic_cast explicit export
  false friend mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public
  reinterpret_cast static_assert static_cast template this thread_local throw true try typeid typename using virtual
  wchar_t xor xor_eq
  abs access after alias all architecture array assert assume assume_guarantee attribute begin block body buffer bus
  component configuration constant context cover disconnect downto elsif end entity exit fairness file force function
  generate generic group guarded impure in inertial inout is label library linkage literal loop map mod nand next nor null
  of on open others out package parameter port postponed procedure process property protected pure range record reject
  release rem report restrict_guarantee rol ror select sequence severity signal shared sla sll sra srl strong subtype then
  to transport type unaffected units until use variable vmode vprop vunit wait when with xnor`.split(/\s+/),
);
