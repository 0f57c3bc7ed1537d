// What people come for, from the set-up link to the last word, in a browser; all of it with scripts and without.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browse, judged, validate } from "./browser.mjs";
import { start } from "./site.mjs";

const ADA = { name: "ada", password: "an octopus mends umbrellas" };
const MEL = { name: "mel", password: "seven kettles by the river" };

/** Presses a button of the page, not one of a form with the same words in the header. */
const press = (page, name) => page.locator("main").getByRole("button", { name, exact: true }).click();
const follow = (page, name) => page.locator("main").getByRole("link", { name, exact: true }).click();
const fill = async (page, fields) => {
  for (const [label, value] of Object.entries(fields)) await page.locator("main").getByLabel(label).fill(value);
};
const says = (page, words) => page.locator("main").getByText(words, { exact: true }).waitFor();
/** The comment that says this. */
const comment = (page, words) => page.locator(".c").filter({ has: page.locator(":scope > details > .text").getByText(words, { exact: true }) });
const own = (found, selector) => found.locator(`:scope > details > footer > ${selector}`);

describe("a discussion", { concurrency: 2 }, () => {
  for (const js of [true, false]) {
    describe(`${js ? "with" : "without"} scripts`, { concurrency: 1 }, () => {
      let site, browser, ada, mel;
      before(async () => {
        site = await start({ empty: true });
        browser = await browse(site);
        ada = await browser.page({ js });
        mel = await browser.page({ js, width: 390 });
      });
      after(async () => {
        await browser.close();
        await site.stop();
      });

      test("the set-up link makes the administrator, the name and the first board, once", async () => {
        const [link] = site.output().match(/http\S+\/setup\/\S+/);
        await ada.goto(link);
        // The one page that an instance in use no longer has.
        assert.deepEqual(await validate(await (await site.fetch(new URL(link).pathname)).text()), []);
        await judged(ada, "setup");
        await fill(ada, { "Name of this place": "The Repair Table", "Name of the first board": "talk", "Title of the first board": "Table talk" });
        await ada.getByLabel("Name", { exact: true }).fill(ADA.name);
        await ada.getByLabel("Password").fill(ADA.password);
        await press(ada, "Set it up");
        await ada.locator(".who").getByRole("link", { name: ADA.name }).waitFor();
        assert.equal(await ada.locator(".brand").innerText(), "The Repair Table");
        await says(ada, "No threads yet.");
        const again = await mel.goto(link);
        assert.equal(again.status(), 404);
      });

      test("somebody joins, and is told what is wrong with a password", async () => {
        await mel.goto("/");
        await mel.locator(".who").getByRole("link", { name: "Join" }).click();
        await fill(mel, { Name: MEL.name, Password: "password" });
        await press(mel, "Join");
        await mel.getByRole("alert").waitFor();
        assert.equal(await mel.getByLabel("Name").inputValue(), MEL.name);
        await fill(mel, { Password: MEL.password });
        await press(mel, "Join");
        await mel.locator(".who").getByRole("link", { name: MEL.name }).waitFor();
      });

      test("a thread is looked at before it is started", async () => {
        await ada.goto("/b/talk");
        await follow(ada, "New thread");
        await fill(ada, { Title: "Who mends umbrellas?", Text: "The *third* rib broke." });
        await press(ada, "Preview");
        assert.equal(await ada.locator(".preview em").innerText(), "third");
        assert.deepEqual((await site.json("/api/v1/boards/talk/threads")).items, [], "a preview stores nothing");
        await press(ada, "Start the thread");
        await ada.getByRole("heading", { name: "Who mends umbrellas?", level: 1 }).waitFor();
        assert.equal(await ada.locator(".root .text em").innerText(), "third");
      });

      test("the thread is answered, and the answer is", async () => {
        await mel.goto("/b/talk");
        await follow(mel, "Who mends umbrellas?");
        await fill(mel, { "Your reply": "I do, on *Thursdays*." });
        await press(mel, "Reply");
        await comment(mel, "I do, on Thursdays.").waitFor();
        const id = await comment(mel, "I do, on Thursdays.").getAttribute("id");
        assert.equal(new URL(mel.url()).hash, `#${id}`, "one stands before what one wrote");

        await ada.reload();
        await own(comment(ada, "I do, on Thursdays."), ".re").click();
        if (js) {
          assert.equal(await ada.locator(`#${id} form.here`).count(), 1, "the form opens where it is needed");
          await ada.locator(`#${id} form.here`).getByLabel("Your reply").fill("Which Thursdays?");
          await ada.locator(`#${id} form.here`).getByRole("button", { name: "Reply", exact: true }).click();
        } else {
          await says(ada, "I do, on Thursdays.");
          await fill(ada, { "Your reply": "Which Thursdays?" });
          await press(ada, "Reply");
        }
        await comment(ada, "Which Thursdays?").waitFor();
        assert.equal(await ada.locator(`#${id} .c`).count(), 1, "it stands below what it answers");
      });

      test("whoever is answered is told so", async () => {
        await mel.goto("/");
        await mel.locator(".who").getByRole("link", { name: "1 new" }).click();
        await says(mel, "Which Thursdays?");
        await press(mel, "Mark all read");
        await mel.locator(".who").getByRole("link", { name: "Notifications" }).waitFor();
        await follow(mel, "Who mends umbrellas?");
        await says(mel, "Which Thursdays?");
      });

      test("a comment is changed, and what it said before stays", async () => {
        await follow(mel, "See it in the whole thread");
        await own(comment(mel, "I do, on Thursdays."), "a:text('edit')").click();
        await fill(mel, { "Your comment": "I do, on Fridays." });
        await press(mel, "Save");
        await comment(mel, "I do, on Fridays.").waitFor();
        await comment(mel, "I do, on Fridays.").locator(":scope > header").getByRole("link", { name: "edited" }).click();
        await mel.getByRole("heading", { name: "What it said before" }).waitFor();
        assert.deepEqual(await mel.locator(".revision .text").allInnerTexts(), ["I do, on Fridays.", "I do, on Thursdays."]);
      });

      test("a vote counts, and is taken back", async () => {
        await ada.reload();
        const voted = comment(ada, "I do, on Fridays.");
        assert.equal(await voted.locator(":scope > header .score").count(), 0, "nothing is said of no points");
        await own(voted, ".up").click();
        await own(voted, ".up[aria-pressed=true]").waitFor();
        assert.equal(await voted.locator(":scope > header .score").innerText(), "1 point");
        await ada.reload();
        assert.equal(await own(voted, ".up").getAttribute("aria-pressed"), "true", "the vote is remembered");
        await own(voted, ".down").click();
        await own(voted, ".down[aria-pressed=true]").waitFor();
        assert.equal(await voted.locator(":scope > header .score").innerText(), "−1 point");
        await own(voted, ".down").click();
        await own(voted, ".down:not([aria-pressed=true])").waitFor();
        assert.equal(await voted.locator(":scope > header .score").count(), 0);
        await ada.reload();
        assert.equal(await voted.locator(":scope > header .score").count(), 0);
      });

      test("a comment is reported, for a reason", async () => {
        await mel.goto(ada.url());
        await own(comment(mel, "Which Thursdays?"), "a:text('report')").click();
        await mel.getByLabel("Off the subject").check();
        await fill(mel, { "What should a moderator know?": "It is about days, not umbrellas." });
        await press(mel, "Send the report");
        await comment(mel, "Which Thursdays?").waitFor();
      });

      test("what is deleted leaves its place and its answers", async () => {
        await own(comment(mel, "I do, on Fridays."), "a:text('delete')").click();
        await mel.getByRole("heading", { name: "Delete this comment?" }).waitFor();
        await press(mel, "Delete it");
        await says(mel, "[deleted]");
        assert.equal(await mel.getByText("Fridays").count(), 0);
        const stone = mel.locator(".c", { has: mel.locator(":scope > details > .gone") });
        assert.equal(await stone.locator(".c .text").innerText(), "Which Thursdays?");
        assert.deepEqual(await own(stone, "a").allInnerTexts(), [], "nothing can be done with it");
        assert.equal(await stone.locator(":scope > header .by").count(), 0, "nor is it said whose it was");
      });

      test("a lapsed session costs nothing that was written", async () => {
        await own(comment(mel, "Which Thursdays?"), ".re").click();
        const form = js ? mel.locator("form.here") : mel.locator("main form:has(textarea)");
        await form.getByLabel("Your reply").fill("The first of each month.\n\n> Which?\n\n\tGood question.");
        await mel.context().clearCookies();
        await form.getByRole("button", { name: "Reply", exact: true }).click();
        await mel.getByText("Your session had ended.").waitFor();
        await mel.locator("main summary").click();
        assert.match(await mel.locator("main pre").first().innerText(), /The first of each month/);
        await fill(mel, { Name: MEL.name, Password: "a wrong one" });
        await press(mel, "Log in");
        await mel.getByRole("alert").waitFor();
        await fill(mel, { Password: MEL.password });
        await press(mel, "Log in");
        const kept = mel.getByLabel("Your reply");
        await kept.waitFor();
        assert.equal(await kept.inputValue(), "The first of each month.\n\n> Which?\n\n\tGood question.");
        await press(mel, "Reply");
        await mel.locator(".c .text", { hasText: "The first of each month." }).waitFor();
      });

      test("one leaves, and is asked to come in again", async () => {
        await ada.locator(".who").getByRole("button", { name: "Log out" }).click();
        await ada.locator(".who").getByRole("link", { name: "Log in" }).waitFor();
        await ada.goto("/settings");
        await fill(ada, { Name: ADA.name, Password: ADA.password });
        await press(ada, "Log in");
        await ada.getByRole("heading", { name: "Settings" }).waitFor();
      });

      test("whoever is told of a removal can say something against it, once", async () => {
        const made = mel.locator(".c", { hasText: "The first of each month." }).last();
        const id = (await made.getAttribute("id")).slice(1);
        const api = { headers: { "sec-fetch-site": "same-origin" }, data: { reason: "advertising" } };
        const removed = await ada.context().request.post(new URL(`/api/v1/admin/comments/${id}/remove`, ada.url()).href, api);
        assert.equal(removed.status(), 200);
        await mel.goto("/notifications");
        await mel.getByText("Your comment was removed").waitFor();
        await follow(mel, "Appeal");
        await mel.getByText("advertising").waitFor();
        await fill(mel, { "Why should that not stand?": "It was a date, and no advertisement." });
        await press(mel, "Appeal");
        await says(mel, "It was a date, and no advertisement.");
        assert.equal(await mel.locator("main textarea").count(), 0, "once");
      });

      test("nothing of this made the browser complain", () => {
        assert.deepEqual([...ada.complaints, ...mel.complaints], []);
      });

      if (js) {
        test("what is typed survives until it is sent", async () => {
          await mel.goto("/b/talk/submit");
          await fill(mel, { Title: "A draft", Text: "Not finished" });
          await mel.reload();
          assert.equal(await mel.getByLabel("Title").inputValue(), "A draft");
          assert.equal(await mel.getByLabel("Text").inputValue(), "Not finished");
          await fill(mel, { Text: "Finished." });
          await press(mel, "Start the thread");
          await mel.getByRole("heading", { name: "A draft" }).waitFor();
          await mel.goto("/b/talk/submit");
          assert.equal(await mel.getByLabel("Title").inputValue(), "");
        });

        test("a draft that was refused is not lost", async () => {
          await mel.goto("/b/talk/submit");
          await fill(mel, { Title: " ", Text: "Without a title" });
          await press(mel, "Start the thread");
          await mel.getByRole("alert").waitFor();
          await mel.goto("/b/talk/submit");
          assert.equal(await mel.getByLabel("Text").inputValue(), "Without a title");
        });
      }
    });
  }
});
