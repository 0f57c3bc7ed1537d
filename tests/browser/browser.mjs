// A browser that complains, and judges for what it shows. What is expected of a page is said in the tests, not here.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

/** The widths that every page is looked at. */
export const [DESK, PHONE] = [1280, 390];
const isPhone = (width) => width < 600;
const height = (width) => (isPhone(width) ? 844 : 900);

// The first has no windows, and needs half the time of the others.
const CHROMIUMS = ["chromium-headless-shell", "chromium", "chromium-browser"].map((name) => `/usr/bin/${name}`);

const LAUNCH = {
  executablePath: process.env.REJOINDER_CHROMIUM || CHROMIUMS.find((path) => existsSync(path)),
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
 * Starts Chromium with an empty profile. `page({width, dark, js, who, …})` opens a page in a context of its own (further
 * options go to Playwright's `newContext`), logged in as `who`, that has `complaints`: every console error, uncaught
 * exception, failed request, and request to another host than the site's, as text. `close()` ends it.
 */
export async function browse(site) {
  const browser = await chromium.launch(LAUNCH);
  const page = async ({ width = DESK, dark = false, js = true, who, ...more } = {}) => {
    const phone = isPhone(width);
    const context = await browser.newContext({
      baseURL: site.base,
      viewport: { width, height: height(width) },
      isMobile: phone,
      hasTouch: phone,
      colorScheme: dark ? "dark" : "light",
      javaScriptEnabled: js,
      locale: "en-GB",
      ...more,
    });
    if (who) await context.addCookies([{ name: "session", value: await site.session(who), url: site.base }]);
    const opened = await context.newPage();
    opened.hasScripts = js;
    opened.complaints = listen(opened, site.base);
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
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // What has not arrived yet, and what never ends, is given up so when its page is left.
    if (why !== "net::ERR_ABORTED") {
      complaints.push(`failed: ${request.url()} ${why}`);
    }
  });
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

/** Goes to a page, by a form if `post` has its fields; answers the page's answer. */
export async function visit(page, path, post) {
  if (!post) return page.goto(path, { waitUntil: "load" });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const form = { method: "POST", postData: new URLSearchParams(post).toString() };
  const own = (url) => url.pathname + url.search === path;
  await page.route(own, (route) => route.continue({ ...form, headers: { ...route.request().headers(), ...headers } }), { times: 1 });
  return page.goto(path, { waitUntil: "load" });
}

/**
 * Turns the window of a page that was opened at the desk into a phone's, or back. Playwright changes its size alone;
 * what the style sheet asks for is the finger, too. Back at the desk, a page must be loaded before it hears of the mouse.
 */
export async function resize(page, width) {
  const phone = isPhone(width);
  page.devices ??= await page.context().newCDPSession(page);
  await page.devices.send("Emulation.setDeviceMetricsOverride", { width, height: height(width), deviceScaleFactor: 1, mobile: phone });
  await page.devices.send("Emulation.setTouchEmulationEnabled", { enabled: phone });
}

// ------------------------------------------------------------------------------------------------- the judges

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const EVERYTHING = { rules: { "target-size": { enabled: true } } };
/** What depends on colours, and so must be asked again in others. */
const COLOURS = { runOnly: ["color-contrast", "link-in-text-block"] };
/**
 * What depends on the width, and so must be asked again at another: where things are and how large; the names of what only
 * the other width shows; and what is left of the page's outline when something is hidden. All other rules ask about an
 * element's markup and nesting, which are the same at every width.
 */
const LAYOUT = {
  runOnly: [
    ...["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
    ...["aria-hidden-focus", "button-name", "label", "link-name", "select-name", "summary-name"],
    ...["bypass", "heading-order", "landmark-one-main", "landmark-unique", "page-has-heading-one", "region", "skip-link"],
  ],
};

/**
 * What axe-core finds wrong with the page as it stands, in light and in dark, one line for each rule. Once it has been
 * asked, it is asked again only what can have changed with the width. Opens the page's doors: ask last.
 */
export async function axe(page) {
  const doors = page.hasScripts ? null : await openDoors(page);
  const asked = await page.evaluate(() => "axe" in window);
  // Evaluated by the debugger and not as a script element, so that the page's own content policy stays in force.
  if (!asked) await page.evaluate(AXE);
  const found = [];
  for (const [colorScheme, rules] of [["dark", asked ? LAYOUT : EVERYTHING], ["light", COLOURS]]) {
    // Without motion, for colours that are still on their way from one scheme to the other are nobody's.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const options = { ...rules, resultTypes: ["violations"], preload: false };
    const violations = await page.evaluate(async (options) => (await axe.run(document, options)).violations, options);
    found.push(...violations.map((violation) => `axe, ${colorScheme}: ${told(violation)}`));
  }
  await doors?.close();
  return found;
}

function told({ id, help, nodes }) {
  const places = nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary})`);
  return `${id}: ${help}: ${nodes.length} × ${places.join("; ")}`.replaceAll(/\s+/g, " ");
}

const SWITCH = "Emulation.setScriptExecutionDisabled";

/**
 * Lets axe run where scripts are off, until `close`. What the page would have run at its loading stays unrun. The switch
 * belongs to each debugger session, and is only heard when it changes there, so that it is turned on before it is turned off.
 */
async function openDoors(page) {
  const session = await page.context().newCDPSession(page);
  await session.send(SWITCH, { value: true });
  await session.send(SWITCH, { value: false });
  const close = async () => {
    await session.send(SWITCH, { value: true });
    await session.detach();
  };
  return { close };
}

const VALIDATOR = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:document", "html-validate:a11y"],
  rules: {
    "no-inline-style": "error",
    // A button that says nothing submits its form (HTML, the button element), and there are thousands on a large thread.
    "no-implicit-button-type": "off",
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
    // Spaces that hang over the end of a line of preformatted text are in nobody's way, but in the box of their element.
    const hangs = (element) => {
      const { display, whiteSpaceCollapse } = getComputedStyle(element);
      return display === "inline" && whiteSpaceCollapse === "preserve" && element.closest("pre").scrollWidth <= element.closest("pre").clientWidth;
    };
    for (const element of document.querySelectorAll("main *")) {
      const { left, right, width: own } = element.getBoundingClientRect();
      let parent = element.parentElement;
      while (parent !== document.body && !scrolls(parent)) parent = parent.parentElement;
      if (own > 0 && (right > width + 1 || left < -1) && parent === document.body && !hangs(element)) {
        const { tagName, className, id } = element;
        found.push(`<${tagName.toLowerCase()} class="${className}" id="${id}"> is at ${Math.round(left)} to ${Math.round(right)} of ${width}`);
      }
    }
    return found.slice(0, 5);
  });
}

const SHOTS = new URL("shots/", import.meta.url).pathname;

/** Saves pictures of the page in light and dark as `shots/NAME-….png`, at most eight screens of it, for those who want to look. */
export async function shoot(page, name, width) {
  if (!process.env.REJOINDER_SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const colorScheme of ["dark", "light"]) {
    // Again for each, as Chromium forgets the finger when it has taken a picture.
    await resize(page, width);
    await page.emulateMedia({ colorScheme });
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: Math.min(whole, 8 * height(width)), scale: 1 };
    const { data } = await page.devices.send("Page.captureScreenshot", { clip, captureBeyondViewport: true });
    writeFileSync(join(SHOTS, `${name}-${width}-${colorScheme}.png`), data, "base64");
  }
}

/** Nothing that axe finds, nothing wider than the window, no complaint; at a desk and on a phone, in light and dark. */
export async function judged(page, name) {
  const found = [];
  for (const width of [DESK, PHONE]) {
    await resize(page, width);
    found.push(...(await overflow(page)), ...(await axe(page)));
    await shoot(page, `${name}${page.hasScripts ? "" : "-plain"}`, width);
  }
  await resize(page, DESK);
  assert.deepEqual([...found, ...page.complaints], []);
}
