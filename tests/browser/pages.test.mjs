// What holds of every page, whoever wrote it: accessible, valid, quiet, of our own host only, and no wider than the
// window; at two widths, in light and dark, with scripts and without.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ADMIN, axe, browse, overflow, shoot, start, validate, WIDTHS } from "./support.mjs";

const site = await start();
const browser = await browse(site.base);
after(async () => {
  await browser.close();
  await site.stop();
});

/** Name, address, expected status. */
const PAGES = [
  ["front", "/"],
  ["board", "/b/news"],
  ["thread", `/t/${site.threads.written.id}`],
  ["thread-deep", `/t/${site.threads.deep.id}`],
  ["thread-large", `/t/${site.threads.large.id}`],
  ["comment", `/c/${site.comment}`],
  ["person", `/u/${ADMIN.name}`],
  ["search", "/search?q=kettle"],
  ["search-empty", "/search?q=xylophonist"],
  ["modlog", "/modlog"],
  ["about", "/about"],
  ["login", "/login"],
  ["join", "/join"],
  ["api", "/api"],
  ["missing", "/no-such-page", 404],
];

const VIEWS = WIDTHS.flatMap((width) =>
  [false, true].flatMap((dark) => [true, false].map((js) => ({ width, dark, js }))),
);

for (const [name, address, status = 200] of PAGES) {
  describe(`${name} ${address}`, () => {
    test("is valid HTML", async () => {
      const answer = await fetch(site.base + address, { headers: { accept: "text/html" } });
      assert.equal(answer.status, status);
      assert.deepEqual(await validate(await answer.text()), []);
    });

    for (const view of VIEWS) {
      const scheme = view.dark ? "dark" : "light";
      test(`at ${view.width} px, ${scheme}, ${view.js ? "with" : "without"} scripts`, async () => {
        const page = await browser.page(view);
        const answer = await page.goto(address, { waitUntil: "load" });
        assert.equal(answer.status(), status);
        assert.equal(await page.locator("h1").count(), 1, "one heading says what the page is");
        if (view.js) {
          await shoot(page, `${name}-${view.width}-${scheme}`);
        }
        assert.deepEqual([...(await overflow(page)), ...(await axe(page)), ...page.complaints], []);
        await page.context().close();
      });
    }
  });
}
