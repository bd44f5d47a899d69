/** Names of a user's choice in languages that reserve some. */

/** `name` as an identifier in C and VHDL at once: ASCII letters, digits and single underscores between them, a letter
 *  first. Any other character becomes an underscore; a reserved word of either language is followed by `_net`. */
export function identifier(name: string): string {
  const word = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const started = /^[A-Za-z]/.test(word) ? word : `net_${word}`.replace(/_$/, "");
  return RESERVED.has(started.toLowerCase()) ? `${started}_net` : started;
}

/** The reserved words of C99 and C++, which may include the header, and names of files beside the model. */
const C_WORDS: readonly string[] =
  `auto break case char const continue default do double else enum extern float for goto if inline int long register
  restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main bare
  vectors alignas alignof and and_eq asm bitand bitor bool catch class compl constexpr decltype delete dynamic_cast
  explicit export false friend mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected
  public reinterpret_cast static_assert static_cast template this thread_local throw true try typeid typename using
  virtual wchar_t xor xor_eq`.split(/\s+/);

/** The reserved words of VHDL-2008 (IEEE 1076-2008, 15.10), without the operators of PSL. They are reserved in any case. */
export const VHDL_WORDS: readonly string[] =
  `abs access after alias all and architecture array assert assume assume_guarantee attribute begin block body buffer
  bus case component configuration constant context cover default disconnect downto else elsif end entity exit
  fairness file for force function generate generic group guarded if impure in inertial inout is label library
  linkage literal loop map mod nand new next nor not null of on open or others out package parameter port postponed
  procedure process property protected pure range record register reject release rem report restrict
  restrict_guarantee return rol ror select sequence severity shared signal sla sll sra srl strong subtype then to
  transport type unaffected units until use variable vmode vprop vunit wait when while with xnor xor`.split(/\s+/);

const RESERVED: ReadonlySet<string> = new Set([...C_WORDS, ...VHDL_WORDS]);
