// Keys alone: Tab, Shift+Tab, Enter and Space reach and do everything, and whoever has the focus can see where it is;
// with scripts there are quicker keys.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { browse } from "./browser.mjs";
import { ADMIN, BOARD, MEMBER, start } from "./site.mjs";
import { talk } from "./talk.mjs";

const site = await start({ threads: ["written"] });
const made = await talk(site);
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});
const { written } = site.threads;
const comments = await site.comments(written.id);
const ids = comments.map(({ id }) => id);

const INTERACTIVE = "a[href], button, input, select, textarea, summary, [tabindex]";

/** What Tab should reach, each told by its name, and how it looks while the focus is elsewhere. */
const reachable = (page) =>
  page.evaluate((selector) => {
    // Of buttons of which one is chosen, Tab reaches that one, or the first; arrows do the rest.
    const passed = (element) => {
      if (element.type !== "radio") return false;
      const group = [...element.form.elements[element.name]];
      return element !== (group.find(({ checked }) => checked) ?? group[0]);
    };
    return [...document.querySelectorAll(selector)].flatMap((element, at) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
      const waits = element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled && !passed(element);
      const name = element.outerHTML.slice(0, 120);
      return waits ? [{ at, name, look: [outlineStyle, outlineWidth, outlineColor, boxShadow].join(" ") }] : [];
    });
  }, INTERACTIVE);

/** Which of them has the focus, if any, and how it looks. */
const focused = (page) =>
  page.evaluate((selector) => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const { top, bottom } = element.getBoundingClientRect();
    return {
      at: [...document.querySelectorAll(selector)].indexOf(element),
      look: [outlineStyle, outlineWidth, outlineColor, boxShadow].join(" "),
      inWindow: bottom > 0 && top < innerHeight,
    };
  }, INTERACTIVE);

/** Presses a key until it leaves the page, or begins again at its other end; answers what had the focus on the way, in order. */
async function walk(page, key, most) {
  const way = [];
  for (let presses = 0; presses <= most; presses += 1) {
    await page.keyboard.press(key);
    const found = await focused(page);
    if (!found || found.at === way[0]?.at) return way;
    way.push(found);
  }
  assert.fail(`after ${most} times ${key} the focus is still held: ${JSON.stringify(way.slice(-3))}`);
}

/** Goes on by a key, around the page if need be, until what is sought has the focus. */
async function reach(page, sought, key = "Tab") {
  const element = await sought.elementHandle();
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press(key);
    if (await element.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`${key} does not lead to ${sought}`);
}

async function use(page, sought, key = "Enter", by = "Tab") {
  await reach(page, sought, by);
  await page.keyboard.press(key);
}

async function write(page, sought, words) {
  await reach(page, sought);
  await page.keyboard.type(words);
}

/** Scripts add to threads only: without them, these are walked through again. */
const PLAIN = ["a thread", "a comment"];

const PAGES = {
  "the front page": { path: "/" },
  "the page to log in": { path: "/login" },
  "a thread": { path: `/t/${made.thread}`, who: MEMBER },
  "a thread, for a passer-by": { path: `/t/${made.thread}` },
  "a comment": { path: `/c/${made.answer}`, who: MEMBER },
  "the page to start a thread": { path: `/b/${BOARD}/submit`, who: MEMBER },
  "the settings": { path: "/settings", who: MEMBER },
};

describe("keys alone", { concurrency: 2 }, () => {
  for (const js of [true, false]) {
    describe(`${js ? "with" : "without"} scripts`, () => {
      for (const [name, { path, who }] of Object.entries(PAGES).filter(([name]) => js || PLAIN.includes(name))) {
        test(`Tab reaches everything on ${name}, visibly, and leaves it; Shift+Tab goes back the same way`, async () => {
          const page = await browser.page({ js, who });
          await page.goto(path);
          const waiting = await reachable(page);
          const way = await walk(page, "Tab", waiting.length);
          const reached = new Set(way.map(({ at }) => at));
          assert.deepEqual(waiting.filter(({ at }) => !reached.has(at)).map((one) => one.name), [], "all are reached");
          const before = new Map(waiting.map((one) => [one.at, one]));
          const unseen = way.filter(({ at, look, inWindow }) => look === before.get(at)?.look || /^none|^\S+ 0px/.test(look) || !inWindow);
          assert.deepEqual(unseen.map(({ at }) => before.get(at)?.name), [], "each shows that it has the focus, in the window");
          const back = await walk(page, "Shift+Tab", waiting.length);
          assert.deepEqual(back.map(({ at }) => at).reverse(), way.map(({ at }) => at));
          assert.deepEqual(page.complaints, []);
          await page.context().close();
        });
      }

      test("one logs in, opens a thread, replies, votes, folds, and logs out", async () => {
        const title = `Keys alone, ${js ? "scripts" : "no scripts"}`;
        const { id: thread } = await site.as(ADMIN).start(title, "No mouse at hand.");
        const { id: answered } = await site.as(ADMIN).reply(thread, "Press *Tab*.");
        const page = await browser.page({ js });
        await page.goto("/");

        await use(page, page.locator(".who").getByRole("link", { name: "Log in" }));
        await page.getByRole("heading", { name: "Log in" }).waitFor();
        await write(page, page.getByLabel("Name"), MEMBER.name);
        await write(page, page.getByLabel("Password"), MEMBER.password);
        await use(page, page.locator("main").getByRole("button", { name: "Log in" }), "Space");
        await page.locator(".who").getByRole("link", { name: MEMBER.name }).waitFor();

        await page.goto("/?sort=new");
        await use(page, page.locator("main").getByRole("link", { name: title }));
        await page.getByRole("heading", { name: title, level: 1 }).waitFor();
        const comment = page.locator(`#c${answered}`);
        const footer = comment.locator(":scope > details > footer");

        await use(page, footer.getByRole("button", { name: "Vote up" }), "Space");
        await footer.locator(".up[aria-pressed=true]").waitFor();
        await comment.locator(":scope > header .score", { hasText: "1 point" }).waitFor();

        await use(page, footer.getByRole("link", { name: "reply" }));
        const form = js ? comment.locator("form.here") : page.locator("main form:has(textarea)");
        const field = form.getByLabel("Your reply");
        await field.waitFor();
        if (js) assert.ok(await field.evaluate((element) => element === document.activeElement), "one can write at once");
        else await reach(page, field);
        await page.keyboard.type("And Enter.");
        await use(page, form.getByRole("button", { name: "Reply", exact: true }));
        await page.locator(".c .text", { hasText: "And Enter." }).waitFor();
        const answer = page.locator(".c", { has: page.locator(":scope > details > .text", { hasText: "And Enter." }) }).last();

        await page.goto(`/t/${thread}`);
        await use(page, comment.locator(":scope > details > summary"), "Space");
        await answer.waitFor({ state: "hidden" });
        await page.keyboard.press("Enter");
        await answer.waitFor();

        await use(page, page.locator(".who").getByRole("button", { name: "Log out" }), "Enter", "Shift+Tab");
        await page.locator(".who").getByRole("link", { name: "Log in" }).waitFor();
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });

      test("the first Tab offers the way past the header", async () => {
        const page = await browser.page({ js });
        await page.goto("/");
        await use(page, page.getByRole("link", { name: "Skip to the content" }));
        await page.keyboard.press("Tab");
        assert.ok(await page.locator("main :focus").count(), "the next one is in the content");
        await page.context().close();
      });
    });
  }

  describe("the quicker keys", () => {
    const at = (page) => page.evaluate(() => document.activeElement.closest(".c")?.id.slice(1));
    const opened = async ({ who, path = `/t/${written.id}?sort=old` } = {}) => {
      const page = await browser.page({ who });
      await page.goto(path);
      const press = async (...keys) => {
        for (const key of keys) await page.keyboard.press(key);
      };
      return { page, press };
    };

    test("j and k go from comment to comment and stop at the ends", async () => {
      const { page, press } = await opened();
      const way = [];
      for (const _ of ids) {
        await press("j");
        way.push(await at(page));
      }
      assert.deepEqual(way, ids);
      await press("j");
      assert.equal(await at(page), ids.at(-1));
      await press("k", "k");
      assert.equal(await at(page), ids.at(-3));
      const { top, inside } = await page.evaluate(() => {
        const { top } = document.activeElement.getBoundingClientRect();
        return { top, inside: top >= 0 && top < innerHeight };
      });
      assert.ok(inside, `it stands in the window, at ${top}`);
      const look = await page.evaluate(() => getComputedStyle(document.activeElement.querySelector("header")).outlineStyle);
      assert.equal(look, "solid", "and shows that one is there");
      await page.context().close();
    });

    test("l goes to the next at the same level, p to the one that is answered, Enter folds", async () => {
      const second = comments.findIndex(({ depth }, at) => at > 0 && depth === 0);
      assert.ok(second > 1, "the first has answers");
      const { page, press } = await opened();
      await press("j", "j", "p");
      assert.equal(await at(page), ids[0]);
      await press("Enter");
      await page.locator(`#c${ids[1]}`).waitFor({ state: "hidden" });
      await press("j");
      assert.equal(await at(page), ids[second], "j passes over what is folded");
      await press("k", "Enter");
      await page.locator(`#c${ids[1]}`).waitFor();
      await press("l");
      assert.equal(await at(page), ids[second]);
      await page.context().close();
    });

    test("r opens the form where one is, and letters typed there are letters", async () => {
      const { page, press } = await opened({ who: MEMBER });
      await press("j", "j", "r");
      const field = page.locator(`#c${ids[1]} > details > form.here textarea`);
      await field.waitFor();
      await press("j", "k", "?", "r");
      assert.equal(await field.inputValue(), "jk?r");
      assert.equal(await page.locator("dialog[open]").count(), 0);
      await page.context().close();
    });

    test("n goes to what is new, one after the other", async () => {
      const { id: thread } = await site.as(ADMIN).start("Keys to the news");
      const { id: old } = await site.as(ADMIN).reply(thread, "Old");
      const { page, press } = await opened({ who: MEMBER, path: `/t/${thread}?sort=old` });
      const { id: first } = await site.as(ADMIN).reply(old, "New below it");
      const { id: second } = await site.as(ADMIN).reply(thread, "New beside it");
      await page.reload();
      await press("n");
      assert.equal(await at(page), first);
      await press("n");
      assert.equal(await at(page), second);
      await press("n");
      assert.equal(await at(page), second, "there are no more");
      await page.context().close();
    });

    test("x, s and c lead a moderator to what is decided about the comment, its author and the thread, and nobody else", async () => {
      const { id: thread } = await site.as(ADMIN).start("Keys to decide by");
      const { id: comment } = await site.as(MEMBER).reply(thread, "Buy my kettles.");
      const path = `/t/${thread}?sort=old`;
      const { page, press } = await opened({ who: ADMIN, path });
      const led = async (key, to) => {
        await press("j", key);
        await page.waitForURL((url) => url.pathname + url.search === to);
        await page.goto(path);
      };
      await led("x", `/admin/threads/${thread}?do=remove&comment=${comment}`);
      await led("s", `/admin/actors/${MEMBER.name}?do=suspend`);
      await led("c", `/admin/threads/${thread}`);
      await press("?");
      const keys = await page.getByRole("dialog", { name: "Keys" }).locator("kbd").allInnerTexts();
      assert.deepEqual(keys.slice(-4), ["x", "s", "c", "?"]);
      await page.context().close();

      const other = await opened({ who: MEMBER, path });
      const place = other.page.url();
      await other.press("j", "x", "s", "c", "?");
      const theirs = await other.page.getByRole("dialog", { name: "Keys" }).locator("kbd").allInnerTexts();
      assert.ok(theirs.includes("r") && !["x", "s", "c"].some((key) => theirs.includes(key)), theirs.join());
      assert.equal(other.page.url(), place);
      await other.page.context().close();
    });

    test("? tells them all, and there they are switched off and on again", async () => {
      const { page, press } = await opened();
      const help = page.getByRole("dialog", { name: "Keys" });
      await press("?");
      await help.waitFor();
      assert.deepEqual(await help.locator("kbd").allInnerTexts(), ["j", "k", "l", "p", "n", "Enter", "r", "?"]);
      const uses = help.getByLabel("Use these keys");
      await reach(page, uses);
      await press("Space");
      assert.equal(await uses.isChecked(), false);
      await press("Escape");
      await help.waitFor({ state: "hidden" });
      await page.reload();
      await press("j", "?");
      assert.equal(await at(page), undefined);
      assert.ok(await help.isHidden(), "none is heard, also after the page was loaded again");

      await use(page, page.getByRole("button", { name: "Keys" }), "Enter", "Shift+Tab");
      await help.waitFor();
      await use(page, uses, "Space");
      await use(page, help.getByRole("button", { name: "Close" }));
      await help.waitFor({ state: "hidden" });
      await press("j");
      assert.equal(await at(page), ids[0]);
      await page.context().close();
    });

    test("leave alone what is pressed together with Control, Alt or Meta", async () => {
      const { page, press } = await opened();
      for (const held of ["Control", "Alt", "Meta"]) await press(`${held}+j`);
      assert.equal(await at(page), undefined);
      await page.context().close();
    });
  });
});
