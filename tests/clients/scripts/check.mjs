// What every client checks: that it got its own words back.

import assert from "node:assert/strict";

export const { ORIGIN, PROSE } = process.env;
export const VALUES = JSON.parse(process.env.VALUES);
export const AGAIN = `Thank you. And now the same once more, for ${VALUES[0]}.`;

// Fails unless `text` is the model's answer with every value in it, and nothing of a placeholder.
export function restored(text) {
  const missing = VALUES.filter((value) => !text.includes(value));
  assert.equal(missing.length, 0, `${missing.length} values are missing`);
  assert.ok(text.includes("東京"), "the answer was damaged");
  assert.ok(!text.includes("["), "a placeholder was left");
}

export function toolWasGiven(who) {
  assert.equal(who, VALUES[0], "the tool was given something else than the name");
}
