// The queue of moderators: emptied by keys alone, by forms where there are no scripts, and by two at once.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { browse } from "./browser.mjs";
import { ADMIN, MEMBER, start } from "./site.mjs";

const MANY = 50;
const site = await start();
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});
const [ada, mel] = [site.as(ADMIN), site.as(MEMBER)];
const { id: thread } = await ada.start("Which glue for a piano stool?", "The third leg came loose.");

/** So many comments, each reported. */
async function reported(count) {
  const ids = [];
  for (let made = 0; made < count; made += 1) {
    const { id } = await mel.reply(thread, `Buy glue number ${made}.`);
    await ada.ask("POST", `/api/v1/comments/${id}/reports`, { category: "spam", text: "again" });
    ids.push(id);
  }
  return ids;
}

const listed = async (list) => (await ada.ask("GET", `/api/v1/admin/queue?list=${list}&limit=100`)).items.map(({ id }) => id);
const open = (more) => browser.page({ who: ADMIN, ...more });
const focused = (page) => page.evaluate(() => document.activeElement.closest(".q")?.id ?? "");
const gone = (page, id) => page.locator(`#q${id}`).waitFor({ state: "detached" });

describe("the queue", () => {
  test(`is emptied of ${MANY} by keys alone`, async () => {
    const ids = await reported(MANY);
    const page = await open();
    await page.goto("/admin/queue?list=reported");
    assert.equal(await page.locator(".q").count(), 20, "a page of it");
    // Nothing is decided before something was gone to: the first is, and seen to be.
    await page.keyboard.press("x");
    for (const [at, id] of ids.entries()) {
      assert.equal(await focused(page), `q${id}`, "the next is gone to by itself");
      if (at % 5 === 1) {
        await page.keyboard.press("m");
        await page.keyboard.type("advertising");
        // Return in a field decides nothing.
        await page.keyboard.press("Enter");
        await page.keyboard.press("Escape");
      }
      await page.keyboard.press(at % 5 === 0 ? "d" : "x");
      await gone(page, id);
    }
    await page.getByText("Nothing is left here.").waitFor();
    assert.deepEqual(await listed("reported"), []);
    const removed = ids.filter((_, at) => at % 5 !== 0);
    assert.deepEqual((await listed("removed")).sort(), removed.sort());
    const { items } = await site.json("/api/v1/modlog?limit=100");
    const reasons = items.filter(({ deed }) => deed === "remove").map(({ reason }) => reason);
    assert.deepEqual(reasons.reverse(), removed.map((id) => (ids.indexOf(id) % 5 === 1 ? "advertising" : "")));
    assert.deepEqual(page.complaints, []);
  });

  test("is decided by forms where there are no scripts", async () => {
    const [first, second] = await reported(2);
    const page = await open({ js: false });
    await page.goto("/admin/queue?list=reported");
    await page.locator(`#q${first}`).getByRole("button", { name: "Nothing in it" }).click();
    assert.equal(await page.getByRole("status").textContent(), "Nothing in them: reports on a comment.");
    await page.locator(`#q${second}`).getByLabel("What", { exact: true }).selectOption("author");
    await page.locator(`#q${second}`).getByRole("button", { name: "Remove it" }).click();
    assert.equal(await page.getByRole("status").textContent(), "Removed: a comment.");
    assert.deepEqual(await listed("reported"), []);
  });

  test("shows at once what others have decided and what has come", async () => {
    const [first, second] = await reported(2);
    const page = await open();
    await page.goto("/admin/queue?list=reported");
    await page.locator(`#q${first}`).waitFor();
    await ada.ask("POST", `/api/v1/admin/reports/${first}/dismiss`, { reason: "" });
    await gone(page, first);
    const counts = (count) => page.locator("[data-count=reported]", { hasText: new RegExp(`^${count}$`) }).waitFor();
    await counts(1);
    const [third] = await reported(1);
    await page.locator(`#q${third}`).waitFor();
    await counts(2);
    await page.locator(`#q${second}`).getByRole("button", { name: "Nothing in it" }).click();
    await gone(page, second);
    await counts(1);
  });

  test("lets out what is held, and rejects it, by one key", async () => {
    const rules = [{ name: "knitting", effect: "hold", when: { words: ["yarn"] } }];
    await ada.ask("PUT", "/api/v1/admin/rules", { rules });
    const [{ id: out }, { id: kept }] = [await mel.reply(thread, "Wind yarn around it."), await mel.reply(thread, "More yarn.")];
    const seen = async (id) => (await site.fetch(`/api/v1/comments/${id}`)).status;
    assert.deepEqual([await seen(out), await seen(kept)], [404, 404]);
    const page = await open();
    await page.goto("/admin/queue");
    // To the first of them, the one that has waited longest.
    await page.keyboard.press("j");
    assert.equal(await focused(page), `q${out}`);
    await page.keyboard.press("a");
    await gone(page, out);
    assert.deepEqual([await seen(out), await seen(kept)], [200, 404]);
    assert.equal(await focused(page), `q${kept}`);
    await page.keyboard.press("r");
    await gone(page, kept);
    await page.getByText("Nothing is left here.").waitFor();
    assert.deepEqual([await seen(kept), await listed("rejected")], [404, [kept]]);
    assert.deepEqual(page.complaints, []);
  });
});
