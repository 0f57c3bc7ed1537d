// Discussions to import, as page text: one written by hand, two of any size made by rule. Nothing here knows the
// server or the browser.

import { readFileSync } from "node:fs";

/** The time at which all of them were saved, so that ages mean the same at every run. */
export const SAVED_AT = "2024-05-01T12:00:00Z";

/** 37 comments, nine levels, both writing directions, code, lists, long words, a flagged one and a moderator. */
export const WRITTEN = readFileSync(new URL("fixtures/discussion.txt", import.meta.url), "utf8");

/** One line of answers, each below the last, down to `depth`. */
export function deep(depth) {
  const levels = Array.from({ length: depth + 1 }, (_, level) => level);
  return levels.map((level) => entry(level, `climber${level % 7}`, `This is ${level} levels down.\n\n${sentence(level)}`)).join("");
}

/**
 * A thread of `count` comments, up to ten levels deep: for each `seed` another one, the same at every call. Most begin
 * at the top or near it; the four hundred after the first two hundred are one quarrel below one of them.
 */
export function large(count, seed = 2024) {
  const random = sequence(seed);
  let depth = 0;
  let text = "";
  for (let number = 0; number < count; number += 1) {
    const top = number > 200 && number < 600 ? 1 : 0;
    depth = number === 0 ? 0 : Math.max(top, Math.floor(Math.sqrt(random()) * Math.min(depth + 2, 13)));
    const paragraphs = 1 + Math.floor(random() * 3);
    const body = Array.from({ length: paragraphs }, () => sentence(Math.floor(random() * 1000))).join("\n\n");
    text += entry(depth, `writer${Math.floor(random() * 97)}`, `Comment ${number}. ${body}`);
  }
  return text;
}

function entry(depth, author, text) {
  const indent = depth === 0 ? "" : " ".repeat(2 * depth + 2);
  const header = depth === 0 ? `${author} 3 hours ago` : `${" ".repeat(2 * depth)}• ${author} 3 hours ago`;
  const lines = text.split("\n").map((line) => (line === "" ? "" : indent + line));
  return `${header}\n\n${lines.join("\n")}\n\n`;
}

const SUBJECTS = ["The old lathe", "A borrowed ladder", "Our neighbour's tent", "The second kettle", "An umbrella"];
const VERBS = ["came back", "was mended", "went to the library", "broke again", "found a new owner"];
const ENDS = ["before the rain.", "with a note tied to it.", "and nobody was surprised.", "for the third time this year."];

function sentence(number) {
  const pick = (words, step) => words[Math.floor(number / step) % words.length];
  return `${pick(SUBJECTS, 1)} ${pick(VERBS, 5)} ${pick(ENDS, 25)}`;
}

/** Numbers from 0 to 1 in an order that looks random and never changes (a linear congruential generator). */
function sequence(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
