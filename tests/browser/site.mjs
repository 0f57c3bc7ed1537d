// A server with known content, a browser that complains, and judges for what it shows. What is expected of a page
// is said in the tests, not here. Nothing waits for a time, only for a line, an answer or an exit, within a limit.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";
import { deep, large, SAVED_AT, WRITTEN } from "./fixtures.mjs";

/** The widths that every page is looked at: a phone and a desk. */
export const WIDTHS = [390, 1280];

/** Who may log in at a site that `start` has made, each with the role of the same name. */
export const ADMIN = { name: "ada", password: "an octopus mends umbrellas", role: "admin" };
export const MEMBER = { name: "mel", password: "seven kettles by the river", role: "member" };

const BOARD = "news";
const THREADS = {
  written: { title: "Ten lessons from a repair café", text: WRITTEN },
  deep: { title: "A line of sixty answers", text: deep(60) },
  large: { title: "Two thousand comments", text: large(2000) },
};

// ------------------------------------------------------------------------------------------------ the server

/**
 * Starts the server on a fresh folder with two accounts, a board and three imported threads.
 *
 * The result has `base` (the address), `threads` (id and title by the names of `THREADS`), `comment` (the id of a
 * comment eight levels deep), `json(path)`, `output()` (all that it has printed) and `stop()`.
 */
export async function start(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rejoinder-browser-"));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const env = environment({ port, base, folder, settings });
  try {
    await fill(folder, env);
    const server = await serve({ folder, port, env });
    const site = { ...server, base, json: (path) => json(base + path) };
    return { ...site, ...(await contents(site)) };
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
    ...settings,
  };
}

async function fill(folder, env) {
  await rejoinder(["board", "create", BOARD, "--title", "News"], { folder, env });
  for (const { name, password, role } of [ADMIN, MEMBER]) {
    await rejoinder(["account", "create", name, "--role", role, "--password-stdin"], { folder, env, input: `${password}\n` });
  }
  for (const [name, { title, text }] of Object.entries(THREADS)) {
    const file = join(folder, `${name}.txt`);
    writeFileSync(file, text);
    await rejoinder(["import", "page-text", file, "--board", BOARD, "--title", title, "--saved-at", SAVED_AT], { folder, env });
  }
}

function binary() {
  const path = process.env.REJOINDER_BIN;
  if (!path) {
    throw new Error("REJOINDER_BIN must name the built program; tests/run --only browser builds and sets it");
  }
  return path;
}

/** Runs one command to its end; fails with its output unless it succeeds. */
export async function rejoinder(args, { folder, env, input = "" }) {
  const child = spawn(binary(), args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  const output = collect(child);
  // A command that ends before it has read its input says why in its output, not here.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`rejoinder ${args.join(" ")} ended with ${code}:\n${output()}`);
  }
  return output();
}

/** Far beyond what a start takes on a busy machine; whoever waits longer waits in vain. */
const START_LIMIT_MS = 60_000;

async function serve({ folder, port, env }) {
  const child = spawn(binary(), ["serve"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
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
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0) {
      throw new Error(`the server ended with ${code}:\n${output()}`);
    }
  };
  return { folder, env, output, stop };
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

async function json(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
  }
  return answer.json();
}

async function contents(site) {
  const { items } = await site.json(`/api/v1/boards/${BOARD}/threads?sort=new`);
  const threads = {};
  for (const [name, { title }] of Object.entries(THREADS)) {
    const { id } = items.find((thread) => thread.title === title);
    threads[name] = { id, title };
  }
  const { comments } = await site.json(`/api/v1/threads/${threads.written.id}`);
  return { threads, comment: comments.find(({ depth }) => depth === 8).id };
}

// ------------------------------------------------------------------------------------------------ the browser

const LAUNCH = {
  executablePath: process.env.REJOINDER_CHROMIUM || "/usr/bin/chromium",
  // Chromium itself asks the network for updates and lists at every start; a test must see our requests only.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/**
 * Starts Chromium with an empty profile. `page({width, dark, js, …})` opens a page in a context of its own (further
 * options go to Playwright's `newContext`) that has `complaints`: every console error, uncaught exception, failed
 * request, and request to another host than `base`, as text. `close()` ends it.
 */
export async function browse(base) {
  const browser = await chromium.launch(LAUNCH);
  const page = async ({ width = 1280, dark = false, js = true, ...more } = {}) => {
    const phone = width < 600;
    const context = await browser.newContext({
      baseURL: base,
      viewport: { width, height: phone ? 844 : 900 },
      isMobile: phone,
      hasTouch: phone,
      colorScheme: dark ? "dark" : "light",
      javaScriptEnabled: js,
      locale: "en-GB",
      ...more,
    });
    const opened = await context.newPage();
    opened.hasScripts = js;
    opened.complaints = listen(opened, base);
    return opened;
  };
  return { page, close: () => browser.close() };
}

function listen(page, base) {
  const complaints = [];
  let address;
  page.on("console", (message) => {
    // The browser reports the status of the page itself as an error; a test that asks for a missing page expects it.
    const ownStatus = message.location().url === address && message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !ownStatus) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      address = request.url();
    }
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== base) {
      complaints.push(`foreign request: ${request.url()}`);
    }
  });
  return complaints;
}

// ------------------------------------------------------------------------------------------------ the judges

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong with the page as it stands, one line for each rule. Opens the page's doors: ask last. */
export async function axe(page) {
  if (!page.hasScripts) {
    await allowScripts(page);
  }
  // Evaluated by the debugger and not as a script element, so that the page's own content policy stays in force.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { rules: { "target-size": { enabled: true } } }));
  return violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary})`);
    return `axe ${id}: ${help}: ${nodes.length} × ${places.join("; ")}`.replaceAll(/\s+/g, " ");
  });
}

/**
 * Lets axe run where scripts are off. What the page would have run at its loading stays unrun. The switch belongs to
 * each debugger session, and is only heard when it changes there, so that it is turned on before it is turned off.
 */
async function allowScripts(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await session.send("Emulation.setScriptExecutionDisabled", { value: false });
}

const VALIDATOR = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:document", "html-validate:a11y"],
  rules: {
    "no-inline-style": "error",
    // Integrity hashes protect from other hosts, and there are none.
    "require-sri": ["error", { target: "crossorigin" }],
  },
});

/** What is not valid HTML in `html`, as the server sent it. */
export async function validate(html) {
  const { results } = await VALIDATOR.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `html ${ruleId}: ${message} at ${line}:${column}`),
  );
}

/** Whatever makes the page wider than its window, the page itself included. */
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > width || document.body.scrollWidth > width) {
      found.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
    }
    const scrolls = (element) => {
      const { overflowX, textOverflow } = getComputedStyle(element);
      return /auto|scroll/.test(overflowX) || textOverflow === "ellipsis";
    };
    for (const element of document.querySelectorAll("main *")) {
      const { right, width: own } = element.getBoundingClientRect();
      let parent = element.parentElement;
      while (parent !== document.body && !scrolls(parent)) parent = parent.parentElement;
      if (own > 0 && right > width + 1 && parent === document.body) {
        const { tagName, className, id } = element;
        found.push(`<${tagName.toLowerCase()} class="${className}" id="${id}"> ends at ${Math.round(right)} of ${width}`);
      }
    }
    return found.slice(0, 5);
  });
}

const SHOTS = new URL("shots/", import.meta.url).pathname;

/** Saves a picture of the page as `shots/NAME.png`, at most eight screens of it. */
export async function shoot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  const { width, height } = page.viewportSize();
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(whole, 8 * height) };
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true, clip });
}
