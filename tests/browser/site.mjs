// A server with known content, in a folder of its own. What is expected of its pages is said in the tests, not here.
// Nothing waits for a time, only for a line, an answer or an exit, within a limit.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { deep, large, SAVED_AT, WRITTEN } from "./fixtures.mjs";

/** Who may log in at a site that `start` has made, each with the role of the same name. */
export const ADMIN = { name: "ada", password: "an octopus mends umbrellas", role: "admin" };
export const MEMBER = { name: "mel", password: "seven kettles by the river", role: "member" };

export const BOARD = "news";

const THREADS = {
  written: { title: "Ten lessons from a repair café", text: WRITTEN },
  deep: { title: "A line of sixty answers", text: deep(60) },
  medium: { title: "Thirty comments", text: large(30, 7) },
  large: { title: "Two thousand comments", text: large(2000) },
};

/**
 * Starts the server on a fresh folder: with two accounts, a board and the named threads imported, or `empty`.
 *
 * The result has `base` (the address), `threads` (id and title by the names of `THREADS`), what `callers` gives, `rejoinder(args,
 * input)`, `output()` (all that the server has printed) and `stop()`.
 */
export async function start({ threads = [], settings = {}, empty = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rejoinder-browser-"));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const env = environment({ port, base, folder, settings });
  try {
    const tokens = empty ? {} : await fill(folder, env, threads);
    const server = await serve({ folder, port, env });
    const site = { ...server, ...callers(base, tokens), base };
    site.rejoinder = (args, input) => rejoinder(args, { folder, env, input });
    return { ...site, threads: await found(site, threads) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function environment({ port, base, folder, settings }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    REJOINDER_SERVER__LISTEN: `127.0.0.1:${port}`,
    REJOINDER_SERVER__PUBLIC_URL: base,
    REJOINDER_SERVER__DATA_DIR: join(folder, "data"),
    // All pages are asked for from one address within a minute; limits have tests of their own.
    REJOINDER_LIMITS__ADDRESS_READS_PER_MINUTE: "0",
    REJOINDER_LIMITS__ADDRESS_WRITES_PER_MINUTE: "0",
    REJOINDER_LIMITS__ACCOUNT_READS_PER_MINUTE: "0",
    REJOINDER_LIMITS__ACCOUNT_WRITES_PER_MINUTE: "0",
    REJOINDER_LIMITS__LOGIN_TRIES: "1000",
    ...settings,
  };
}

/** Makes what `start` promises; answers the accounts' tokens by name. */
async function fill(folder, env, threads) {
  const run = (args, input) => rejoinder(args, { folder, env, input });
  const tokens = {};
  // Makes the database: other commands only work on what is there.
  await run(["setup-link"]);
  await run(["board", "create", BOARD, "--title", "News", "--about", "What is _new_.", "--rules", "1. Be kind."]);
  for (const { name, password, role } of [ADMIN, MEMBER]) {
    await run(["account", "create", name, "--role", role, "--password-stdin"], `${password}\n`);
    const scope = role === "admin" ? "admin" : "write";
    tokens[name] = (await run(["token", "create", name, "--scope", scope])).trim();
  }
  for (const name of threads) {
    const file = join(folder, `${name}.txt`);
    writeFileSync(file, THREADS[name].text);
    await run(["import", "page-text", file, "--board", BOARD, "--title", THREADS[name].title, "--saved-at", SAVED_AT]);
  }
  return tokens;
}

function binary() {
  const path = process.env.REJOINDER_BIN;
  if (!path) {
    throw new Error("REJOINDER_BIN must name the built program; tests/run --only browser builds and sets it");
  }
  return path;
}

/** Runs one command to its end and answers its standard output; fails with all its output unless it succeeds. */
async function rejoinder(args, { folder, env, input = "" }) {
  const child = spawn(binary(), args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  const output = collect(child);
  let answer = "";
  child.stdout.on("data", (part) => (answer += part));
  // A command that ends before it has read its input says why in its output, not here.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`rejoinder ${args.join(" ")} ended with ${code}:\n${output()}`);
  }
  return answer;
}

/** Far beyond what a start takes on a busy machine; whoever waits longer waits in vain. */
const START_LIMIT_MS = 60_000;

async function serve({ folder, port, env }) {
  const child = spawn(binary(), ["serve"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  // The test runner ends by a throw where a file fails before its first test, and then there is no exit to hear of.
  process.once("uncaughtExceptionMonitor", kill);
  const output = collect(child);
  const ended = once(child, "close");
  const refuse = (why) => Promise.reject(new Error(`the server ${why} at its start:\n${output()}`));
  const limit = new AbortController();
  await Promise.race([
    printed(child, `:${port}`),
    ended.then(([code]) => refuse(`ended with ${code}`)),
    setTimeout(START_LIMIT_MS, null, limit).then(() => refuse("printed no address")),
  ]).finally(() => limit.abort());
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await ended;
    process.off("exit", kill);
    process.off("uncaughtExceptionMonitor", kill);
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) {
      throw new Error(`the server ended with ${code}:\n${output()}`);
    }
  };
  return { output, stop };
}

function collect(child) {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => (text += part));
  }
  return () => text;
}

/** Resolves at the first line on standard output that holds `words`: the server prints its address once it listens. */
function printed(child, words) {
  return new Promise((resolve) => {
    createInterface(child.stdout).on("line", (line) => line.includes(words) && resolve(line));
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function found(site, names) {
  if (names.length === 0) return {};
  const { items } = await site.json(`/api/v1/boards/${BOARD}/threads?sort=new`);
  const named = names.map((name) => [name, items.find((thread) => thread.title === THREADS[name].title)]);
  return Object.fromEntries(named.map(([name, { id, title }]) => [name, { id, title }]));
}

// ------------------------------------------------------------------------------------------- asking the server

/** The ways to ask: without an account, as somebody with a token, as somebody who is logged in. */
function callers(base, tokens) {
  const ask = async (method, path, { body, headers } = {}) => {
    const content = body && { "content-type": "application/json" };
    const init = { method, headers: { accept: "application/json", ...content, ...headers }, body: JSON.stringify(body) };
    const answer = await fetch(base + path, init);
    if (!answer.ok) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    }
    const words = await answer.text();
    return words && JSON.parse(words);
  };
  const as = ({ name }) => caller((method, path, body) => ask(method, path, { body, headers: { authorization: `Bearer ${tokens[name]}` } }));
  const session = sessions(base);
  const json = (path) => ask("GET", path);
  return { json, comments: comments(json), as, session, fetch: pages(base, session) };
}

/** All comments of a thread, as the API tells them. */
function comments(json) {
  return async (thread) => {
    const all = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = await json(`/api/v1/threads/${thread}?sort=old${cursor && `&cursor=${cursor}`}`);
      all.push(...page.comments);
      cursor = page.next;
    }
    return all;
  };
}

/** What somebody may do by the API. Each answers what the API answers. */
function caller(ask) {
  return {
    ask,
    start: (title, text, url) => ask("POST", `/api/v1/boards/${BOARD}/threads`, { title, text, url }),
    reply: (id, text) => ask("POST", `/api/v1/comments/${id}/replies`, { text }),
    edit: (id, text) => ask("PATCH", `/api/v1/comments/${id}`, { text }),
    remove: (id) => ask("DELETE", `/api/v1/comments/${id}`),
    vote: (id, value) => ask("PUT", `/api/v1/comments/${id}/vote`, { value }),
    moderate: (id, deed, reason) => ask("POST", `/api/v1/admin/comments/${id}/${deed}`, { reason }),
  };
}

/** Logs in once for each account. */
function sessions(base) {
  const opened = new Map();
  const open = async ({ name, password }) => {
    const answer = await fetch(`${base}/login`, { method: "POST", redirect: "manual", body: new URLSearchParams({ name, password }) });
    const cookie = /^session=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "");
    if (!cookie) {
      throw new Error(`${name} could not log in: ${answer.status}`);
    }
    return cookie[1];
  };
  return (who) => {
    if (!opened.has(who.name)) opened.set(who.name, open(who));
    return opened.get(who.name);
  };
}

/** Fetches a page as a browser would: as somebody who is logged in, or by a form. */
function pages(base, session) {
  return async (path, { who, post } = {}) => {
    const headers = { accept: "text/html", "sec-fetch-site": "same-origin" };
    if (who) headers.cookie = `session=${await session(who)}`;
    const form = post && { method: "POST", body: new URLSearchParams(post) };
    return fetch(base + path, { headers, redirect: "manual", ...form });
  };
}
