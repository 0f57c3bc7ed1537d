// What holds of every page, whoever wrote it and whoever reads it: accessible, valid, quiet, of our own host only, and no
// wider than the window; at two widths, in light and dark, with scripts and without.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axe, browse, DESK, overflow, PHONE, resize, shoot, validate, visit } from "./browser.mjs";
import { ADMIN, MEMBER, start } from "./site.mjs";
import { talk } from "./talk.mjs";

// Pages are as large as they are by default, but for threads: what holds of 24 comments holds of 200.
const settings = { REJOINDER_LIMITS__PAGE_SIZE: "24" };
const site = await start({ threads: ["written", "deep", "medium", "large"], settings });
const made = await talk(site);
const browser = await browse(site);
after(async () => {
  await browser.close();
  await site.stop();
});

const { written, deep, medium, large } = site.threads;
const path = async (thread) => (await site.fetch(`/t/${thread}`)).headers.get("location");
const [nextPart] = (await (await site.fetch(await path(large.id))).text()).match(/(?<=<a class="button" href=")[^"]+(?=" rel="next">)/);
const all = await site.comments(large.id);
const quarrel = all.find((comment, at) => comment.depth === 0 && all.slice(at + 1, at + 300).every(({ depth }) => depth > 0));
const [first] = await site.comments(written.id);
const deepest = (await site.comments(written.id)).find((comment) => comment.depth === 8);
const LONG = "Sent twice, kept once.\n\n> A quote that goes on for a while, so that it has to be broken into lines.\n\n`code`";

const RULES = JSON.stringify({ rules: [{ name: "questions", effect: "tag", when: { words: ["glue", "kettle"] } }] });
const LIST = "#domain,#severity\nloud.example,silence\nevil.example,suspend\nno host at all,suspend\n";

// Nobody answers there: what the page of a list says of that is a page as well.
const subscription = await site.as(ADMIN).ask("POST", "/api/v1/admin/blocklists", { url: "https://lists.example/hosts.csv", reason: "" });

/** Each with its path; who reads it, by which form they came, and the status, where that is not 200. */
const PAGES = {
  front: { path: "/" },
  "front-new": { path: "/?sort=new" },
  board: { path: "/b/news" },
  boards: { path: "/boards" },
  thread: { path: `${await path(written.id)}?all` },
  "thread-deep": { path: await path(deep.id) },
  "thread-large": { path: await path(large.id) },
  "thread-next-part": { path: nextPart },
  "thread-all": { path: `${await path(medium.id)}?all` },
  "thread-sorted": { path: `${await path(medium.id)}?sort=controversial` },
  "thread-own-people": { path: await path(made.thread) },
  "thread-locked": { path: await path(made.locked) },
  comment: { path: `/c/${deepest.id}` },
  "comment-in-large": { path: `/c/${quarrel.id}` },
  "comment-deleted": { path: `/c/${made.deleted}` },
  history: { path: `/c/${made.answer}/history` },
  person: { path: `/u/${MEMBER.name}` },
  "person-imported": { path: `/u/${first.author.name}@${first.author.host}` },
  "search-form": { path: "/search" },
  search: { path: "/search?q=kettle" },
  "search-empty": { path: "/search?q=xylophonist" },
  "search-wrong": { path: "/search?q=kettle&since=yesterday", status: 422 },
  modlog: { path: "/modlog" },
  transparency: { path: "/transparency" },
  appeal: { path: `/appeal/${made.removed}`, who: MEMBER },
  "appeal-wrong": { path: `/appeal/${made.removed}`, who: MEMBER, post: { text: "" }, status: 422 },
  decisions: { path: "/decisions", who: MEMBER },
  notice: { path: `/notice?addresses=${encodeURIComponent(site.base)}/c/${made.rude}` },
  "notice-wrong": { path: "/notice", post: { addresses: "here", category: "other", explanation: LONG, name: "Kit" }, status: 422 },
  receipt: { path: `/notice/${made.receipts.waits}` },
  "receipt-decided": { path: `/notice/${made.receipts.decided}` },
  about: { path: "/about" },
  api: { path: "/api" },
  login: { path: "/login" },
  "login-wrong": { path: "/login", post: { name: "ada", password: "a guess" }, status: 401 },
  "login-keeping-text": { path: `/c/${made.thanks}/reply`, post: { text: LONG }, status: 401 },
  join: { path: "/join" },
  "join-wrong": { path: "/join", post: { name: "no spaces", password: "short" }, status: 422 },
  missing: { path: "/no-such-page", status: 404 },
  "front-logged-in": { path: "/", who: MEMBER },
  "thread-logged-in": { path: `${await path(written.id)}?all`, who: MEMBER },
  "thread-of-mine": { path: await path(made.thread), who: MEMBER },
  "comment-logged-in": { path: `/c/${made.answer}`, who: MEMBER },
  settings: { path: "/settings", who: MEMBER },
  "settings-token": { path: "/settings/tokens", who: MEMBER, post: { name: "a script", scope: "read" } },
  "settings-wrong": { path: "/settings/password", who: MEMBER, post: { current: "no", password: "short" }, status: 422 },
  notifications: { path: "/notifications", who: MEMBER },
  queue: { path: "/admin/queue", who: ADMIN },
  "queue-reported": { path: "/admin/queue?list=reported", who: ADMIN },
  "queue-rejected": { path: "/admin/queue?list=rejected", who: ADMIN },
  "queue-removed": { path: "/admin/queue?list=removed", who: ADMIN },
  notices: { path: "/admin/notices", who: ADMIN },
  "notices-wrong": { path: `/admin/notices/${made.receipts.number}`, who: ADMIN, post: { do: "remove", of: "1" }, status: 422 },
  "queue-wrong": { path: `/admin/queue/${made.removed}`, who: ADMIN, post: { list: "removed", do: "note", note: " " }, status: 422 },
  "admin-overview": { path: "/admin", who: ADMIN },
  "admin-appeals": { path: "/admin/appeals", who: ADMIN },
  "admin-log": { path: "/admin/log", who: ADMIN },
  "admin-log-nobody": { path: "/admin/log?moderator=nobody", who: ADMIN },
  "admin-accounts": { path: "/admin/accounts", who: ADMIN },
  "admin-accounts-found": { path: "/admin/accounts?name=mel", who: ADMIN },
  "admin-accounts-waiting": { path: "/admin/accounts?state=waiting", who: ADMIN },
  "admin-accounts-staff": { path: "/admin/accounts?state=staff", who: ADMIN },
  "admin-account": { path: "/admin/accounts/mel", who: ADMIN },
  "admin-account-sessions": { path: "/admin/accounts/mel/sessions", who: ADMIN },
  "admin-account-wrong": { path: "/admin/accounts/mel/role", who: ADMIN, post: { role: "helper", boards: "nowhere" }, status: 422 },
  "admin-invitations": { path: "/admin/invitations", who: ADMIN },
  "admin-invitations-made": { path: "/admin/invitations", who: ADMIN, post: { uses: "3", days: "7", reason: "the repair café" } },
  "admin-invitations-wrong": { path: "/admin/invitations", who: ADMIN, post: { uses: "0", days: "7" }, status: 422 },
  "admin-thread": { path: `/admin/threads/${written.id}`, who: ADMIN },
  "admin-boards": { path: "/admin/boards", who: ADMIN },
  "admin-board": { path: "/admin/boards/news", who: ADMIN },
  "admin-board-wrong": { path: "/admin/boards/news", who: ADMIN, post: { title: "" }, status: 422 },
  "admin-rules": { path: "/admin/rules", who: ADMIN },
  "admin-rules-tried": { path: "/admin/rules", who: ADMIN, post: { document: RULES, of: "0" } },
  "admin-rules-wrong": { path: "/admin/rules", who: ADMIN, post: { document: "{", of: "0" }, status: 422 },
  "admin-peers": { path: "/admin/peers", who: ADMIN },
  "admin-peers-lag": { path: "/admin/peers?by=lag", who: ADMIN },
  "admin-peer": { path: "/admin/peers/loud.example", who: ADMIN },
  "admin-peer-wrong": { path: "/admin/peers/loud.example/policy", who: ADMIN, post: { level: "adore" }, status: 422 },
  "admin-list": { path: "/admin/peers/import", who: ADMIN },
  "admin-list-seen": { path: "/admin/peers/import", who: ADMIN, post: { list: LIST } },
  "admin-list-wrong": { path: "/admin/peers/import", who: ADMIN, post: { list: LIST, reason: "x".repeat(501) }, status: 422 },
  "admin-blocklists": { path: "/admin/blocklists", who: ADMIN },
  "admin-blocklist": { path: `/admin/blocklists/${subscription.id}`, who: ADMIN },
  "admin-blocklists-wrong": { path: "/admin/blocklists", who: ADMIN, post: { url: "ftp://lists.example/" }, status: 422 },
  "admin-inbox": { path: "/admin/inbox", who: ADMIN },
  "admin-deliveries": { path: "/admin/deliveries", who: ADMIN },
  "admin-settings": { path: "/admin/settings", who: ADMIN },
  "admin-settings-wrong": { path: "/admin/settings", who: ADMIN, post: { name: "", rules: LONG }, status: 422 },
  "admin-actors": { path: "/admin/actors", who: ADMIN },
  "admin-actor": { path: "/admin/actors/mel", who: ADMIN },
  "admin-actor-wrong": { path: "/admin/actors/mel", who: ADMIN, post: { do: "suspend", until: "soon" }, status: 422 },
  "admin-preserved": { path: "/admin/preserved", who: ADMIN },
  "admin-preserved-wrong": { path: "/admin/preserved", who: ADMIN, post: { comment: "?", reason: "" }, status: 422 },
  "admin-webhooks": { path: "/admin/webhooks", who: ADMIN },
  "admin-webhooks-wrong": { path: "/admin/webhooks", who: ADMIN, post: { url: "here" }, status: 422 },
  "admin-forbidden": { path: "/admin/accounts", who: MEMBER, status: 403 },
  reply: { path: `/c/${made.thanks}/reply`, who: MEMBER },
  "reply-from-elsewhere": { path: `/c/${made.thanks}/reply` },
  "follow-board": { path: "/b/news/follow" },
  "follow-thread": { path: `/t/${written.id}/follow` },
  "follow-wrong": { path: "/b/news/follow", post: { handle: "bo" }, status: 422 },
  "reply-preview": { path: `/c/${made.thanks}/reply`, who: MEMBER, post: { text: LONG, intent: "preview" } },
  "reply-wrong": { path: `/c/${made.thanks}/reply`, who: MEMBER, post: { text: " " }, status: 422 },
  "reply-too-late": { path: `/c/${made.deleted}/reply`, who: MEMBER, post: { text: LONG }, status: 410 },
  edit: { path: `/c/${made.answer}/edit`, who: MEMBER },
  delete: { path: `/c/${made.answer}/delete`, who: MEMBER },
  report: { path: `/c/${made.thanks}/report`, who: MEMBER },
  "report-wrong": { path: `/c/${made.thanks}/report`, who: MEMBER, post: { text: "Why?" }, status: 422 },
  submit: { path: "/b/news/submit", who: MEMBER },
  "submit-preview": { path: "/b/news/submit", who: MEMBER, post: { title: "Kettles", text: LONG, intent: "preview" } },
  "submit-wrong": { path: "/b/news/submit", who: MEMBER, post: { title: "", url: "javascript:alert(1)", text: LONG }, status: 422 },
  "about-admin": { path: "/about", who: ADMIN },
  describe: { path: "/about/edit", who: ADMIN },
  "describe-wrong": { path: "/about/edit", who: ADMIN, post: { name: "", rules: LONG }, status: 422 },
  "boards-admin": { path: "/boards", who: ADMIN },
  "board-new": { path: "/boards/new", who: ADMIN },
  "board-new-wrong": { path: "/boards/new", who: ADMIN, post: { name: "News!", title: "" }, status: 422 },
  forbidden: { path: "/boards/new", who: MEMBER, status: 403 },
};

const READERS = { "a passer-by": undefined, "a member": MEMBER, "the administrator": ADMIN };

/** What a page holds, asked for at once: each question of its own would take as long. */
const contents = (page) =>
  page.evaluate(() => ({
    markup: document.documentElement.outerHTML,
    headings: document.querySelectorAll("h1").length,
    comments: document.querySelectorAll(".c, #queue").length,
    keys: [...document.querySelectorAll("button")].filter((button) => button.innerText === "Keys" && button.checkVisibility()).length,
  }));

/** Which page of the desk an address leads to: what it is about, and the rest of it, whichever one it is. */
function deskPage(href) {
  const [, desk, what, which, ...rest] = new URL(href, site.base).pathname.split("/");
  return desk === "admin" ? ["", desk, ...[what].filter(Boolean), ...(which ? ["one"] : []), ...rest].join("/") : undefined;
}

test("every page of the desk that another leads to is one of these", async () => {
  const pages = Object.values(PAGES).filter(({ who, post, status = 200 }) => who === ADMIN && !post && status === 200);
  const known = new Set(pages.map(({ path }) => deskPage(path)).filter(Boolean));
  const missing = new Set();
  for (const { path } of pages) {
    const markup = await (await site.fetch(path, { who: ADMIN })).text();
    for (const [, href] of markup.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const page = deskPage(href);
      if (page && !known.has(page)) missing.add(page);
    }
  }
  assert.ok(known.size > 15, `${known.size} pages`);
  assert.deepEqual([...missing], []);
});

describe("every page", { concurrency: 2 }, () => {
  describe("is valid HTML", () => {
    for (const [name, { path, post, who, status = 200 }] of Object.entries(PAGES)) {
      test(`${name} ${path}`, async () => {
        const answer = await site.fetch(path, { who, post });
        assert.equal(answer.status, status);
        assert.deepEqual(await validate(await answer.text()), []);
      });
    }
  });

  for (const [reader, who] of Object.entries(READERS)) {
    describe(`is accessible, quiet and fits for ${reader}, at a desk and on a phone, with and without scripts, in light and dark`, { concurrency: 1 }, () => {
      // One window with scripts and one without: fresh ones for each page would take most of the time.
      let scripted, plain;
      before(async () => {
        scripted = await browser.page({ who });
        plain = await browser.page({ who, js: false });
      });

      for (const [name, { path, post, status = 200 }] of Object.entries(PAGES).filter(([, page]) => page.who === who)) {
        test(`${name} ${path}`, async () => {
          const markups = new Set();
          for (const page of [scripted, plain]) {
            await resize(page, DESK);
            const answer = await visit(page, path, post);
            assert.equal(answer.status(), status);
            const { markup, headings, comments, keys } = await contents(page);
            assert.equal(headings, 1, "one heading says what the page is");
            assert.equal(keys, page.hasScripts && comments > 0 ? 1 : 0, "scripts run, or do not");
            markups.add(markup);
          }
          // Where scripts have changed nothing, axe finds the same without them. Where they have, there is less without
          // them, never more: one width of it is judged.
          const judged = { [DESK]: [scripted], [PHONE]: markups.size === 1 ? [scripted] : [scripted, plain] };
          const found = [];
          for (const width of [DESK, PHONE]) {
            for (const page of [scripted, plain]) {
              if (width !== DESK) await resize(page, width);
              const barriers = judged[width].includes(page) ? await axe(page) : [];
              const where = `at ${width} px ${page.hasScripts ? "with" : "without"} scripts`;
              found.push(...[...(await overflow(page)), ...barriers, ...page.complaints.splice(0)].map((wrong) => `${where}: ${wrong}`));
            }
            await shoot(scripted, name, width);
          }
          assert.deepEqual(found, []);
        });
      }
    });
  }
});
