import { describe, expect, it } from "vitest";
import { OnebitError } from "../../src/core/errors.ts";

describe("OnebitError", () => {
  it("carries its code, hint and cause", () => {
    const cause = new Error("why");
    const error = new OnebitError("file", "x does not exist", "Create it.", { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "OnebitError", code: "file", message: "x does not exist", hint: "Create it." });
    expect(error.cause).toBe(cause);
  });

  it("has no hint unless given one", () => {
    expect(new OnebitError("data", "x is empty").hint).toBeUndefined();
  });
});
