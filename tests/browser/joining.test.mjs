// Joining in each way that a host can choose, from the form to the first page as somebody with an account, with scripts and without: what
// the administrator does in between is done on the pages for that, too.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browse, judged } from "./browser.mjs";
import { ADMIN, start } from "./site.mjs";

const PASSWORD = "four violins in the rain";

/** What a page shows to somebody who is logged in: their name. */
const corner = (page, name) => page.locator(".who").getByRole("link", { name, exact: true }).waitFor();

async function fill(page, name, more = {}) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  for (const [label, value] of Object.entries(more)) await page.getByLabel(label).fill(value);
}

async function logIn(page, name) {
  await page.goto("/login");
  await fill(page, name);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
}

/** A site that takes people in so, with a browser: for the tests of `tests`, each with scripts and without. */
function where(mode, tests) {
  describe(`where joining is ${mode}`, { concurrency: 1 }, () => {
    let site, browser;
    before(async () => {
      site = await start({ settings: { REJOINDER_REGISTRATION__MODE: mode, REJOINDER_REGISTRATION__QUESTION: "What do you mend?" } });
      browser = await browse(site);
    });
    after(async () => {
      await browser?.close();
      await site?.stop();
    });
    for (const js of [true, false]) {
      const how = js ? "with scripts" : "without scripts";
      const open = (more) => browser.page({ js, ...more });
      tests({ how, open, site: () => site, name: (name) => `${name}${js ? "" : "2"}` });
    }
  });
}

where("open", ({ how, open, name }) => {
  test(`whoever fills in the form is in, ${how}`, async () => {
    const page = await open();
    await page.goto("/");
    await page.getByRole("link", { name: "Join", exact: true }).click();
    await fill(page, name("nell"));
    await page.getByRole("main").getByRole("button", { name: "Join" }).click();
    await corner(page, name("nell"));
    assert.deepEqual(page.complaints, []);
  });
});

where("approval", ({ how, open, name, site }) => {
  /** Somebody applies, with an answer; the page on which they were told to wait. */
  const applied = async (who, answer) => {
    const page = await open();
    await page.goto("/join");
    await page.getByText("What do you mend?").waitFor();
    await fill(page, who, { "Your answer": answer });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Somebody will look at it" }).waitFor();
    return page;
  };

  test(`whoever answers is let in by an administrator, ${how}`, async () => {
    const nell = await applied(name("nell"), "Kettles, and <b>umbrellas</b>.");
    await logIn(nell, name("nell"));
    await nell.getByText("Your account waits for somebody").waitFor();

    const ada = await open({ who: ADMIN });
    await ada.goto("/");
    // The number stands beside the way to it, wherever they are.
    await ada.getByRole("link", { name: "Admin 1 waiting to be let in" }).click();
    await ada.getByRole("navigation", { name: "Running this place" }).getByText("1 waiting").waitFor();
    await ada.getByRole("link", { name: "1 application" }).click();
    await ada.getByText("Kettles, and <b>umbrellas</b>.").waitFor();
    await judged(ada, "admin-applications");
    await ada.getByLabel("Reason").fill("mends kettles");
    await ada.getByRole("button", { name: `Let in ${name("nell")}`, exact: true }).click();
    assert.equal(await ada.getByRole("status").textContent(), "They have their account.");
    assert.equal(await ada.getByText("waiting to be let in").count(), 0);

    await logIn(nell, name("nell"));
    await corner(nell, name("nell"));
    const { items } = await site().json("/api/v1/modlog?limit=1");
    assert.deepEqual([items[0].deed, items[0].reason], ["admit", "mends kettles"]);
    assert.deepEqual(nell.complaints, []);
  });

  test(`whoever is not let in is told nothing but that nobody has that name, ${how}`, async () => {
    const otto = await applied(name("otto"), "Nothing.");
    const ada = await open({ who: ADMIN });
    await ada.goto("/admin/accounts?state=waiting");
    await ada.getByRole("button", { name: `Do not let in ${name("otto")}` }).click();
    assert.equal(await ada.getByRole("status").textContent(), "They were not let in. The name is free again.");
    await logIn(otto, name("otto"));
    await otto.getByText("Name and password do not match").waitFor();
  });
});

where("invitation", ({ how, open, name }) => {
  test(`whoever was invited on the administrator's page is in, and nobody else, ${how}`, async () => {
    const nell = await open();
    await nell.goto("/join");
    await fill(nell, name("nell"), { "Your invitation": "a guess" });
    await nell.getByRole("button", { name: "Join" }).click();
    await nell.getByText("It is mistyped, used up, revoked or too old").first().waitFor();

    const ada = await open({ who: ADMIN });
    await ada.goto("/admin");
    await ada.getByRole("link", { name: "Invitations" }).click();
    await ada.getByLabel("Reason").fill("the repair café");
    await ada.getByRole("button", { name: "Make an invitation" }).click();
    const address = (await ada.getByRole("status").locator("pre").textContent()).trim();
    await judged(ada, "admin-invitation");

    await nell.goto(address);
    await fill(nell, name("nell"));
    await nell.getByRole("button", { name: "Join" }).click();
    await corner(nell, name("nell"));
    await ada.goto("/admin/invitations");
    await ada.getByText("used up").first().waitFor();
    await ada.goto(`/admin/accounts?name=${name("nell")}`);
    await ada.getByText("invited by ada").waitFor();
    assert.deepEqual([...ada.complaints, ...nell.complaints], []);
  });

  test(`an invitation that was revoked lets nobody in, ${how}`, async () => {
    const ada = await open({ who: ADMIN });
    await ada.goto("/admin/invitations");
    await ada.getByRole("button", { name: "Make an invitation" }).click();
    const address = (await ada.getByRole("status").locator("pre").textContent()).trim();
    await ada.getByRole("button", { name: "Revoke" }).first().click();
    assert.equal(await ada.getByRole("status").textContent(), "The invitation is worth nothing from now on.");
    const otto = await open();
    await otto.goto(address);
    await fill(otto, name("otto"));
    await otto.getByRole("button", { name: "Join" }).click();
    await otto.getByText("It is mistyped, used up, revoked or too old").first().waitFor();
  });
});

where("closed", ({ how, open, site, name }) => {
  test(`nobody gets in by themselves, ${how}`, async () => {
    const page = await open();
    await page.goto("/join");
    await page.getByText("New accounts cannot be made at the moment.").waitFor();
    assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
    const answer = await site().fetch("/join", { post: { name: name("nell"), password: PASSWORD } });
    assert.equal(answer.status, 403);
    assert.deepEqual(page.complaints, []);
  });
});
