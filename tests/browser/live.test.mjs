// A page that stays open hears what others write, and moves nothing until it is asked to.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { browse } from "./browser.mjs";
import { ADMIN, MEMBER, start } from "./site.mjs";

const settings = { REJOINDER_LIMITS__PAGE_SIZE: "100" };
const site = await start({ threads: ["large"], settings });
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});
const { large } = site.threads;
const [ada, mel] = [site.as(ADMIN), site.as(MEMBER)];

const line = (page, words) => page.getByRole("status").getByRole("button", { name: words, exact: true });
const said = (page, id) => page.locator(`#c${id} > details > .text`);
const shown = (page) => page.locator("#comments .c").evaluateAll((found) => found.map(({ id }) => id.slice(1)));
const focused = (page) => page.evaluate(() => document.activeElement.id.slice(1));
const top = (page, id) => page.locator(`#c${id}`).evaluate((comment) => comment.getBoundingClientRect().top);

/** A thread of two comments by ada, and a page that shows it. */
async function opened({ title, ...view }) {
  const { id: thread } = await ada.start(title);
  const { id: first } = await ada.reply(thread, "The first");
  const { id: second } = await ada.reply(thread, "The second");
  const page = await browser.page(view);
  await page.goto(`/t/${thread}?sort=old`);
  return { page, thread, first, second };
}

async function closed(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

describe("a page that stays open", { concurrency: 2 }, () => {
  for (const width of [390, 1280]) {
    test(`what is being read stays in its place while others write above it, at ${width} px`, async () => {
      const { id: thread } = await ada.start(`Read on ${width} px`);
      const comments = [];
      for (let number = 1; number <= 24; number += 1) comments.push(await ada.reply(thread, `Comment ${number} takes a line or two.`));
      const [above, read] = [comments[2], comments[12]];
      const page = await browser.page({ width });
      await page.goto(`/t/${thread}?sort=old`);
      await page.locator(`#c${read.id}`).evaluate((comment) => scrollTo(0, scrollY + comment.getBoundingClientRect().top - 200));
      const before = await top(page, read.id);
      assert.equal(Math.round(before), 200, "it is in the window");
      const { id: fresh } = await mel.reply(above.id, `Written meanwhile.\n\n${"It takes room. ".repeat(40)}`);
      await line(page, "Show 1 new comment").waitFor();
      assert.equal(await top(page, read.id), before);
      assert.equal(await page.locator(`#c${fresh}`).count(), 0, "it is not put in before it is asked for");
      const from = await page.evaluate(() => scrollY);
      await line(page, "Show 1 new comment").click();
      await said(page, fresh).waitFor();
      assert.equal(await focused(page), `${fresh}`, "one is led to it");
      assert.ok((await page.evaluate(() => scrollY)) < from);
      assert.equal(await page.locator(`#c${fresh}`).evaluate((comment) => comment.parentElement.closest(".c").id), `c${above.id}`);
      assert.match(await page.locator(`#c${fresh}`).getAttribute("class"), /\bnew\b/);
      assert.equal(await page.locator("#live").isVisible(), false, "nothing is left to be shown");
      await closed(page);
    });
  }

  test("several are counted, come in the order of the page, and are gone through one by one", async () => {
    const { page, thread, first } = await opened({ title: "Several at once" });
    const { id: below } = await mel.reply(first, "Below the first");
    const { id: lower } = await ada.reply(below, "Below that");
    const { id: third } = await mel.reply(thread, "The third");
    const { id: fourth } = await mel.reply(thread, "The fourth");
    const { id: fifth } = await mel.reply(thread, "The fifth");
    await line(page, "Show 5 new comments").click();
    await said(page, fifth).waitFor();
    assert.equal(await page.locator("#comments-title").innerText(), "7 comments");
    assert.equal(await page.locator(`#c${first} > details > summary`).textContent(), "2 replies");
    const way = [await focused(page)];
    for (const left of [4, 3, 2, 1]) {
      await line(page, `Next of ${left} new`).click();
      way.push(await focused(page));
    }
    const order = await shown(page);
    assert.equal(await page.locator("#live").isVisible(), false);
    await page.reload();
    assert.deepEqual(order, await shown(page));
    assert.deepEqual(way, [below, lower, third, fourth, fifth]);
    await closed(page);
  });

  test("what is deleted before it was shown is no longer announced", async () => {
    const { page, thread } = await opened({ title: "Said and unsaid" });
    const { id: regretted } = await mel.reply(thread, "No, wait.");
    await line(page, "Show 1 new comment").waitFor();
    await mel.remove(regretted);
    await line(page, "Show 1 new comment").waitFor({ state: "detached" });
    assert.equal(await page.locator("#live").isVisible(), false);
    await closed(page);
  });

  test("votes, changes and deletions announce nothing, and are there when the new ones are shown or the page comes anew", async () => {
    const { page, thread, first, second } = await opened({ title: "Quiet deeds" });
    await mel.vote(first, 1);
    await ada.edit(first, "The first, changed");
    await ada.remove(second);
    const { id: fresh } = await mel.reply(thread, "Heard after all of that");
    await line(page, "Show 1 new comment").click();
    await said(page, fresh).waitFor();
    await page.reload();
    assert.equal(await said(page, first).innerText(), "The first, changed");
    assert.equal(await page.locator(`#c${first} > header .score`).innerText(), "1 point");
    await page.locator(`#c${second} > details > .gone`).waitFor();
    await closed(page);
  });

  test("one's own reply is not news, and another's is for whoever is logged in", async () => {
    const { page, thread, first } = await opened({ title: "Two at one table", who: MEMBER });
    await page.getByLabel("Your reply").fill("My own words");
    await page.locator("main").getByRole("button", { name: "Reply", exact: true }).click();
    await page.locator(".c .text", { hasText: "My own words" }).waitFor();
    const { id: fresh } = await ada.reply(first, "And hers");
    await line(page, "Show 1 new comment").click();
    await said(page, fresh).waitFor();
    assert.equal(await page.locator(`#c${fresh}`).getByRole("button", { name: "Vote up" }).count(), 1);
    await page.locator(`#c${fresh}`).getByRole("button", { name: "Vote up" }).click();
    await page.locator(`#c${fresh} .up[aria-pressed=true]`).waitFor();
    assert.match(page.url(), new RegExp(`/t/${thread}/`), "one may answer and vote as if it had always been there");
    await closed(page);
  });

  test("a reply that is being written stays where it is, with its words and the cursor", async () => {
    const { page, first } = await opened({ title: "While I write", who: MEMBER });
    await page.locator(`#c${first} > details > footer .re`).click();
    await page.keyboard.type("Half a sen");
    const field = page.locator(`#c${first} > details > form.here textarea`);
    const before = await field.evaluate((element) => element.getBoundingClientRect().top);
    await ada.reply(first, "Quicker than you");
    await line(page, "Show 1 new comment").waitFor();
    await page.keyboard.type("tence");
    assert.equal(await field.inputValue(), "Half a sentence");
    assert.equal(await field.evaluate((element) => element.getBoundingClientRect().top), before);
    await line(page, "Show 1 new comment").click();
    await page.locator(`#c${first} .c`).waitFor();
    assert.equal(await field.inputValue(), "Half a sentence");
    await page.locator(`#c${first} > details > footer .re`).click();
    assert.equal(await page.locator(`#c${first} form.here`).count(), 0, "the link that opened the form closes it");
    await closed(page);
  });

  test("a comment in another part of a large thread is announced there, with the way to it", async () => {
    const comments = await site.comments(large.id);
    const page = await browser.page();
    await page.goto(`/t/${large.id}?sort=old`);
    const { id: fresh } = await mel.reply(comments.at(-1).id, "Far away");
    await line(page, "Show 1 new comment").click();
    await line(page, "1 new comment in another part").click();
    await said(page, fresh).waitFor();
    assert.equal(new URL(page.url()).hash, `#c${fresh}`);
    await closed(page);
  });

  test("what was said while the connection was away is heard when it is back", async () => {
    const { page, thread } = await opened({ title: "Through a tunnel" });
    await page.context().setOffline(true);
    const { id: fresh } = await mel.reply(thread, "Said in the dark");
    await page.context().setOffline(false);
    await line(page, "Show 1 new comment").click();
    await said(page, fresh).waitFor();
    await page.context().close();
  });

  test("without scripts the page stays as it came, and a comment is there when it is loaded again", async () => {
    const { page, thread, first, second } = await opened({ title: "Paper", js: false });
    const { id: fresh } = await mel.reply(thread, "Written meanwhile");
    assert.deepEqual(await shown(page), [first, second]);
    assert.equal(await page.locator("#live").isVisible(), false);
    await page.reload();
    assert.deepEqual(await shown(page), [first, second, fresh]);
    await closed(page);
  });
});
