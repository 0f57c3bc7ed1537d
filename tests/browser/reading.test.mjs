// Reading: folding, sorting, large threads part by part, what is new since the last visit.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { browse } from "./browser.mjs";
import { ADMIN, MEMBER, start } from "./site.mjs";

const site = await start({ threads: ["written", "deep", "large"] });
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});
const { written, deep, large } = site.threads;

const ids = (page) => page.locator("#comments .c").evaluateAll((found) => found.map(({ id }) => id.slice(1)));

describe("reading", { concurrency: 2 }, () => {
  describe("folding", () => {
    for (const js of [true, false]) {
      test(`hides what is below and counts it, ${js ? "with" : "without"} scripts`, async () => {
        const comments = await site.comments(written.id);
        const [{ id }] = comments;
        const below = comments.slice(1).findIndex(({ depth }) => depth === 0);
        const page = await browser.page({ js });
        await page.goto(`/t/${written.id}?sort=old`);
        const folded = page.locator(`#c${id}`);
        const summary = folded.locator(":scope > details > summary");
        await summary.click();
        assert.equal(await folded.locator(".text").locator("visible=true").count(), 0);
        assert.equal(await folded.locator(".c").locator("visible=true").count(), 0);
        assert.equal(await summary.innerText(), `${below} replies`);
        assert.match(await summary.evaluate((element) => getComputedStyle(element, "::after").content), /hidden/);
        assert.ok(await folded.locator(":scope > header .by").isVisible(), "whose it is stays");
        await summary.click();
        assert.equal(await folded.locator(".c").locator("visible=true").count(), below);
        await page.context().close();
      });
    }

    test("is remembered by scripts", async () => {
      const [{ id }] = await site.comments(written.id);
      const page = await browser.page();
      await page.goto(`/t/${written.id}`);
      await page.locator(`#c${id} > details > summary`).click();
      await page.locator(`#c${id} > details:not([open])`).waitFor();
      await page.reload();
      await page.locator(`#c${id} > details:not([open])`).waitFor();
      await page.locator(`#c${id} .c`).first().waitFor({ state: "hidden" });
      await page.context().close();
    });

    test("gives way to a link into it", async () => {
      const comments = await site.comments(written.id);
      const page = await browser.page();
      await page.goto(`/t/${written.id}?sort=old`);
      await page.locator(`#c${comments[0].id} > details > summary`).click();
      await page.evaluate((id) => (location.hash = `c${id}`), comments[2].id);
      await page.locator(`#c${comments[2].id} > details > .text`).waitFor();
      await page.context().close();
    });

    test("hides by scripts what is deeper than the document nests", async () => {
      const comments = await site.comments(deep.id);
      const page = await browser.page();
      await page.goto(`/t/${deep.id}`);
      await page.locator(`#c${comments[58].id} > details > summary`).click();
      await page.locator(`#c${comments[60].id}`).waitFor({ state: "hidden" });
      await page.context().close();
    });
  });

  describe("sorting", () => {
    for (const order of ["best", "top", "new", "old", "controversial"]) {
      test(`by ${order} is a link, and gives the order that programs get`, async () => {
        const page = await browser.page({ js: false });
        await page.goto(`/t/${written.id}`);
        await page.getByRole("navigation", { name: "Order of the comments" }).getByRole("link", { name: order, exact: true }).click();
        await page.locator(".tabs [aria-current=page]", { hasText: order }).waitFor();
        const { comments } = await site.json(`/api/v1/threads/${written.id}?sort=${order}`);
        assert.deepEqual(await ids(page), comments.map(({ id }) => id));
        await page.context().close();
      });
    }
  });

  describe("a phone needs no scrolling to the side", () => {
    for (const [thread, depth] of [[written, 8], [deep, 60]]) {
      for (const js of [true, false]) {
        test(`in a thread ${depth} levels deep, ${js ? "with" : "without"} scripts, and leaves room for words at every level`, async () => {
          const comments = await site.comments(thread.id);
          assert.equal(Math.max(...comments.map((comment) => comment.depth)), depth);
          const page = await browser.page({ width: 390, js });
          await page.goto(`/t/${thread.id}`);
          assert.equal((await ids(page)).length, comments.length, "all of it is on the page");
          assert.ok((await page.evaluate(() => document.scrollingElement.scrollWidth)) <= 390);
          const rooms = await page.locator("#comments .c > details > .text").evaluateAll((texts) => texts.map((text) => text.clientWidth));
          assert.ok(Math.min(...rooms) >= 240, `the narrowest has ${Math.min(...rooms)} px`);
          await page.context().close();
        });
      }
    }
  });

  test("every comment of a large thread is reached by its links, without scripts", async () => {
    const page = await browser.page({ js: false });
    const [seen, left] = [new Set(), [`/t/${large.id}`]];
    const visited = new Set();
    while (left.length > 0) {
      const path = left.pop();
      if (visited.has(path)) continue;
      visited.add(path);
      await page.goto(path, { waitUntil: "domcontentloaded" });
      for (const id of await ids(page)) seen.add(id);
      left.push(...(await page.locator("main a[rel=next], main .more a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))));
    }
    assert.deepEqual([...seen].sort(), (await site.comments(large.id)).map(({ id }) => id).sort());
    assert.equal(seen.size, 2000);
    assert.ok([...visited].some((path) => /^\/c\/\d+\?.*after=/.test(path)), "one subtree alone is larger than a page");
    await page.context().close();
  });

  describe("what is new since the last visit is marked", () => {
    const marked = (page) => page.locator("#comments .c.new").evaluateAll((found) => found.map(({ id }) => id.slice(1)));

    for (const js of [true, false]) {
      test(`for whoever is logged in, ${js ? "with" : "without"} scripts`, async () => {
        const { id: thread } = await site.as(ADMIN).start("Read twice");
        const { id: old } = await site.as(ADMIN).reply(thread, "Before");
        const page = await browser.page({ js, who: MEMBER });
        await page.goto(`/t/${thread}`);
        assert.deepEqual(await marked(page), [], "at the first visit everything is new, so nothing is");
        const { id: fresh } = await site.as(ADMIN).reply(old, "After");
        await site.as(MEMBER).reply(thread, "My own");
        await page.reload();
        assert.deepEqual(await marked(page), [fresh]);
        await page.reload();
        assert.deepEqual(await marked(page), [fresh], "it stays marked while the visit lasts");
        await page.context().close();
      });
    }

    test("for anybody with scripts", async () => {
      const { id: thread } = await site.as(ADMIN).start("Read by a passer-by");
      const { id: old } = await site.as(ADMIN).reply(thread, "Before");
      const page = await browser.page();
      await page.goto(`/t/${thread}`);
      assert.deepEqual(await marked(page), []);
      const { id: fresh } = await site.as(ADMIN).reply(old, "After");
      await page.reload();
      assert.deepEqual(await marked(page), [fresh]);
      await page.getByRole("button", { name: "1 new" }).click();
      assert.equal(await page.evaluate(() => document.activeElement.id), `c${fresh}`, "one click leads there");
      await page.context().close();
    });

    test("for anybody who comes back the next day, and no longer on the day after", async () => {
      const { id: thread } = await site.as(ADMIN).start("Read day by day");
      const { id: fresh } = await site.as(ADMIN).reply(thread, "Good morning");
      const [HOUR, now] = [3_600_000, Date.now()];
      const page = await browser.page();
      const visit = async (at) => {
        await page.clock.setFixedTime(at);
        await page.goto(`/t/${thread}`);
        return marked(page);
      };
      assert.deepEqual(await visit(now - 24 * HOUR), [fresh], "a clock of long ago");
      assert.deepEqual(await visit(now + 1 * HOUR), [fresh]);
      assert.deepEqual(await visit(now + 24 * HOUR), []);
      await page.context().close();
    });
  });
});
