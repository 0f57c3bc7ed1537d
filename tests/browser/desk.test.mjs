// What moderators and administrators do on the pages of the desk: about people, webhooks, copies, sessions, and what is held. By forms alone,
// with scripts and without; each page is judged where it shows most.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browse, judged } from "./browser.mjs";
import { ADMIN, MEMBER, start } from "./site.mjs";

const site = await start();
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});
const [ada, mel] = [site.as(ADMIN), site.as(MEMBER)];
// Whose sessions are ended: each time with a password of their own, so that they can log in again.
const PEOPLE = ["hal", "hob"].map((name) => ({ name, password: "four violins in the rain" }));
for (const { name, password } of PEOPLE) {
  await site.rejoinder(["account", "create", name, "--password-stdin"], `${password}\n`);
  await site.rejoinder(["token", "create", name, "--scope", "read", "--label", "a reader of feeds"]);
}
const rules = [{ name: "kettles", effect: "hold", when: { words: ["kettle"] } }];
await ada.ask("PUT", "/api/v1/admin/rules", { rules });
const { id: thread } = await ada.start("Which glue for a piano stool?", "The third leg came loose.");

const press = (page, name) => page.getByRole("main").getByRole("button", { name }).click();
const follow = (page, name) => page.getByRole("main").getByRole("link", { name, exact: true }).click();
const status = (page) => page.getByRole("status").first().textContent();
const tomorrow = () => new Date(Date.now() + 48 * 3600 * 1000).toISOString().slice(0, 10);
const log = async (deed) => (await ada.ask("GET", "/api/v1/admin/log?limit=100")).items.filter((entry) => entry.deed === deed);

for (const js of [true, false]) {
  const how = js ? "with scripts" : "without scripts";

  describe(`the desk, ${how}`, { concurrency: 1 }, () => {
    let page;
    before(async () => {
      page = await browser.page({ js, who: ADMIN });
    });

    test("decides about a person and lifts it", async () => {
      const { id: rude } = await mel.reply(thread, `Throw it away, ${how}.`);
      await page.goto(`/u/${MEMBER.name}`);
      await follow(page, "What moderators know");
      await page.getByLabel("For other moderators").fill("Asked twice to be kinder.");
      await press(page, "Keep the note");
      assert.equal(await status(page), "The note is kept.");

      await follow(page, "Warn");
      await page.getByLabel("Reason").fill(`Be kind, ${how}.`);
      await press(page, "Warn them");
      await page.getByText("not read yet").first().waitFor();

      await follow(page, "Suspend");
      await page.getByLabel("Where it counts").selectOption("news");
      await page.getByLabel("Until which day").fill("2020-01-31");
      await page.getByLabel("What they have written there").selectOption("turn");
      await page.getByLabel("Reason").fill("A pause.");
      await press(page, "Suspend them");
      await page.getByText("Name a time that has not passed").first().waitFor();
      assert.equal(await page.getByLabel("Reason").inputValue(), "A pause.", "what was typed is there");
      assert.equal(await page.getByLabel("Where it counts").inputValue(), "news");
      assert.equal(await page.getByLabel("What they have written there").inputValue(), "turn");
      await judged(page, "desk-person-wrong");

      await page.getByLabel("Until which day").fill(tomorrow());
      await press(page, "Suspend them");
      await page.getByText("suspended on news until").waitFor();
      await judged(page, "desk-person");
      const state = async () => (await ada.ask("GET", `/api/v1/comments/${rude}`)).state;
      assert.equal(await state(), "removed");

      await page.goto("/admin/actors?state=suspend");
      await page.getByRole("link", { name: MEMBER.name, exact: true }).waitFor();
      await judged(page, "desk-people");
      await page.goto(`/admin/actors/${MEMBER.name}?do=lift`);
      await page.getByLabel("What was taken down with it").selectOption("turn");
      await press(page, "Lift it");
      await page.getByText("Counts against them").locator("xpath=..").getByText("nothing").waitFor();
      assert.equal(await state(), "published");
    });

    test("lifts from the list what counts there", async () => {
      await ada.ask("POST", `/api/v1/admin/actors/${MEMBER.name}/limit`, { reason: how });
      await page.goto("/admin/actors");
      await page.getByLabel("Reason").fill("Enough.");
      await press(page, "Lift all of it");
      await page.getByText("Nothing counts against anybody.").waitFor();
    });

    test("says why somebody cannot be decided about, with what was typed", async () => {
      await page.goto(`/admin/actors/${ADMIN.name}?do=hold`);
      await page.getByLabel("Reason").fill("Me.");
      await press(page, "Hold what they write");
      await page.getByText("Nobody decides about themselves.").waitFor();
      assert.equal(await page.getByLabel("Reason").inputValue(), "Me.");
    });

    test("has a program told, shows its secret once, and removes it", async () => {
      await page.goto("/admin/webhooks");
      await page.getByLabel("Address").fill("https://127.0.0.1/hook");
      await page.getByLabel("comment.held").check();
      await page.getByLabel("Reason").fill("For the pager.");
      await press(page, "Add it");
      assert.equal(await page.getByLabel("comment.held").isChecked(), true, "what was chosen is there");
      assert.equal(await page.getByLabel("Reason").inputValue(), "For the pager.");
      await judged(page, "desk-webhooks-wrong");

      const url = `https://hook-${js}.invalid/`;
      await page.getByLabel("Address").fill(url);
      await press(page, "Add it");
      const secret = await page.locator("pre").textContent();
      assert.match(secret, /^\S{20,}$/);
      await judged(page, "desk-webhooks");
      await page.goto("/admin/webhooks");
      assert.equal((await page.content()).includes(secret), false, "it is shown once");
      const [hook] = (await ada.ask("GET", "/api/v1/admin/webhooks")).items;
      assert.deepEqual([hook.url, hook.events], [url, ["comment.held"]]);

      await press(page, "Pause");
      await page.getByText("It is told nothing until you resume it.").waitFor();
      await press(page, "Send a ping");
      await follow(page, url);
      await page.getByText(/^ping \d+$/).waitFor();
      await judged(page, "desk-webhook");
      await press(page, "Resume");
      await page.getByText("What waits for it is brought from now on.").waitFor();
      await press(page, "Remove it");
      await page.getByText("No program is told anything.").waitFor();
      assert.deepEqual((await ada.ask("GET", "/api/v1/admin/webhooks")).items, []);
    });

    test("keeps a copy, and writes down who reads it", async () => {
      const { id } = await mel.reply(thread, `Ada stole the glue, ${how}.`);
      await page.goto("/admin/preserved");
      await page.getByLabel("Of which comment").fill("1");
      await page.getByLabel("Reason").fill("The police asked.");
      await press(page, "Keep a copy");
      await page.getByText("There is none with this id").first().waitFor();
      assert.equal(await page.getByLabel("Reason").inputValue(), "The police asked.");
      await page.getByLabel("Of which comment").fill(id);
      await press(page, "Keep a copy");
      assert.equal(await status(page), "A copy is kept.");
      assert.equal((await page.content()).includes("stole the glue"), false, "nothing is shown that was not asked for");
      const reads = (await log("read-preserved")).length;
      await page.getByLabel("Reason").fill("For the letter.");
      await press(page, "Read it");
      await page.getByText(`Ada stole the glue, ${how}.`).waitFor();
      await judged(page, "desk-copy");
      assert.equal((await log("read-preserved")).length, reads + 1);
      await follow(page, "Keep longer");
      await page.getByLabel("For how many days").fill("1");
      await page.getByLabel("Reason").fill("Court.");
      await press(page, "Keep it longer");
      await page.getByText("It is kept longer than that anyway").first().waitFor();
      await page.getByLabel("For how many days").fill("900");
      await press(page, "Keep it longer");
      assert.equal(await status(page), "It is kept longer.");
      await follow(page, "All copies");
      await judged(page, "desk-copies");
    });

    test("ends sessions of somebody, one and all", async () => {
      const whose = PEOPLE[js ? 0 : 1];
      const other = await browser.page({ who: whose, js });
      await other.goto("/settings");
      await page.goto(`/admin/accounts/${whose.name}`);
      await follow(page, "Sessions and tokens");
      const secret = (await other.context().cookies()).find(({ name }) => name === "session").value;
      assert.equal((await page.content()).includes(secret), false, "what is shown with it is not shown here");
      await judged(page, "desk-sessions");
      await page.getByRole("main").getByRole("button", { name: "End it" }).first().click();
      assert.equal(await status(page), "What was ended is worth nothing from now on.");
      await page.getByLabel("Reason").fill("A stolen phone.");
      await press(page, "End all of them");
      await page.getByText("Nobody is logged in with this account").waitFor();
      await other.goto("/settings");
      await other.waitForURL(/\/login/);
      assert.equal((await log("end-sessions"))[0].reason, "A stolen phone.");
      await other.context().close();
    });

    test("takes on what is held, and the others see by whom", async () => {
      const { id } = await mel.reply(thread, `A kettle, ${how}.`);
      await page.goto("/admin/queue?list=held");
      await page.locator(`#q${id}`).getByRole("button", { name: "Take it on" }).click();
      await page.locator(`#q${id}`).getByText("taken on by").waitFor();
      await judged(page, "desk-held");
      const held = (await ada.ask("GET", "/api/v1/admin/queue?list=held")).items.find((item) => item.id === id);
      assert.equal(held.assigned_to, ADMIN.name);
      await ada.moderate(id, "approve", "");
    });
  });
}
