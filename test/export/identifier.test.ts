import { expect, test } from "vitest";
import { identifier } from "../../src/export/identifier.ts";

test.each([
  ["model", "model"],
  ["MNIST 784-500", "MNIST_784_500"],
  ["int", "int_net"],
  ["Entity", "Entity_net"], // VHDL does not tell capitals
  ["std__logic_", "std_logic"],
  ["_hidden", "hidden"],
  ["2nd", "net_2nd"],
  ["größe", "gr_e"],
  ["", "net"],
  ["main", "main_net"], // main.c is there already
])("%j is %s", (name, word) => {
  expect(identifier(name)).toBe(word);
});
