import manifest from "../../package.json" with { type: "json" };

/** onebit's version. */
export const { version } = manifest;
