// Conveniences only: every page works without this file. No framework, nothing from elsewhere.

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Storage may be refused (private windows, full disks); then nothing is remembered.
const memory = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  write(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* not remembered */ }
  },
  drop(key) {
    try { localStorage.removeItem(key); } catch { /* was not remembered */ }
  },
};

const section = find("#comments[data-thread]");
const queue = find("#queue");
const ITEM = ".c, .q";
const place = section && `thread ${section.dataset.thread}`;
const plural = (count, noun) => `${count} ${noun}${Math.abs(count) === 1 ? "" : "s"}`;
const own = (comment, selector) => find(`:scope > ${selector}`, comment);
const isHidden = (comment) => comment.hidden || comment.parentElement.closest("details:not([open])");

/* ages, which a page that stays open would let grow stale */

const STEPS = [[31556952, "year"], [2629746, "month"], [86400, "day"], [3600, "hour"], [60, "minute"]];

function age(then) {
  const seconds = (Date.now() - then) / 1000;
  const step = STEPS.find(([length]) => seconds >= length);
  return step ? `${plural(Math.floor(seconds / step[0]), step[1])} ago` : "just now";
}

function refreshAges() {
  for (const time of all("time[title]")) {
    const text = age(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(refreshAges, 60000);

/* collapsed comments, and what is new since the last visit */

const VISIT = 30 * 60000;
const visit = { seen: 0, before: Date.now(), shut: [], ...(place && memory.read(place)) };
const depth = (comment) => Number(find(":scope > header .deep", comment)?.textContent.slice(2));

// Below the nested levels comments stand side by side; hiding what is deeper is left to us.
function hideDeeper(comment, shut) {
  const level = depth(comment);
  let next = comment.nextElementSibling;
  while (next && depth(next) > level) {
    next.hidden = shut;
    next = next.nextElementSibling;
  }
}

function rememberToggle({ target }) {
  const comment = target.parentElement;
  if (!comment.matches(".c")) return;
  hideDeeper(comment, !target.open);
  const id = comment.id.slice(1);
  visit.shut = visit.shut.filter((other) => other !== id);
  if (!target.open) visit.shut.push(id);
  memory.write(place, visit);
}

function reveal(element) {
  for (let box = element?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

function markUnread() {
  if (find(".who .me")) return;
  for (const comment of all(".c")) {
    const written = Date.parse(find("time", own(comment, "header")).dateTime);
    comment.classList.toggle("new", written > visit.before);
  }
}

function arrive() {
  for (const id of visit.shut) {
    const box = find(`#c${id} > details`);
    if (box) box.open = false;
  }
  if (visit.seen && Date.now() - visit.seen > VISIT) visit.before = visit.seen;
  visit.seen = Date.now();
  memory.write(place, visit);
  markUnread();
  section.addEventListener("toggle", rememberToggle, true);
  const target = () => location.hash.length > 1 && reveal(document.getElementById(location.hash.slice(1)));
  addEventListener("hashchange", target);
  target();
}

/* new comments: announced in a line, put in their places when asked for */

const live = find("#live");
const waiting = new Set();
let unvisited = [];
let elsewhere = [];
let touring = false;

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.onclick = action;
  return made;
}

function announce() {
  const left = unvisited.length;
  const showing = find(".tour");
  if (!touring && left && !showing) {
    const tour = button(`${left} new`, nextNew);
    tour.className = "tour";
    find("#comments-title").after(tour);
  } else if (touring || !left) {
    showing?.remove();
  }
  if (waiting.size) live.replaceChildren(button(`Show ${plural(waiting.size, "new comment")}`, fetchNew));
  else if (touring && left) live.replaceChildren(button(`Next of ${left} new`, nextNew));
  else if (elsewhere.length) live.replaceChildren(button(`${plural(elsewhere.length, "new comment")} in another part`, leave));
  else live.replaceChildren();
}

function leave() {
  location.href = `/c/${elsewhere[0]}#c${elsewhere[0]}`;
}

function nextNew() {
  touring = true;
  const comment = unvisited.shift();
  announce();
  goTo(comment);
}

// A copy, for the next one finds its place by what stands before it in the page that was fetched.
function put(fetched) {
  const comment = document.importNode(fetched, true);
  const before = fetched.previousElementSibling;
  const brother = before?.matches(".c") && document.getElementById(before.id);
  const parent = fetched.parentElement.closest(".c");
  if (brother) return brother.after(comment);
  if (!parent) return find(".tree", section).prepend(comment);
  const footer = find(":scope > details > footer", document.getElementById(parent.id));
  const open = footer.nextElementSibling;
  (open?.matches("form") ? open : footer).after(comment);
}

function merge(page) {
  const fresh = all("#comments .c", page).filter((comment) => !document.getElementById(comment.id));
  for (const comment of fresh) comment.classList.add("new");
  for (const comment of fresh) if (!document.getElementById(comment.id)) put(comment);
  for (const comment of all("#comments .c", page)) {
    const shown = find(`#${comment.id} > details > summary`);
    if (shown) shown.textContent = own(comment, "details > summary").textContent;
  }
  find("#comments > .empty")?.remove();
  find("#comments-title").textContent = find("#comments-title", page).textContent;
  unvisited = all(".c.new").filter((comment) => fresh.some(({ id }) => id === comment.id) || unvisited.includes(comment));
}

// Browsers keep what is being read in place by themselves; for the one that does not, we do.
function holdingStill(change) {
  const anchor = document.elementFromPoint(innerWidth / 2, innerHeight / 4)?.closest(".c");
  const top = anchor?.getBoundingClientRect().top;
  change();
  if (anchor && !CSS.supports("overflow-anchor", "auto")) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

async function fetchNew() {
  const answer = await fetch(location.pathname + location.search).catch(() => null);
  if (!answer?.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  holdingStill(() => merge(page));
  elsewhere = [...waiting].filter((id) => !document.getElementById(`c${id}`));
  waiting.clear();
  nextNew();
}

// From the version that the page shows on, so that nothing is missed while it loads, nor while nobody listens.
let lastEvent = section?.dataset.version;

function listen() {
  const events = new EventSource(`/api/v1/threads/${section.dataset.thread}/events?since=${lastEvent}`);
  for (const kind of ["comment", "edit", "delete", "vote", "move"]) {
    events.addEventListener(kind, (event) => {
      lastEvent = event.lastEventId;
      hear(kind, JSON.parse(event.data).comment_id);
    });
  }
  return events;
}

function hear(kind, id) {
  if (kind === "delete") waiting.delete(id);
  if ((kind === "comment" || kind === "move") && !document.getElementById(`c${id}`)) waiting.add(id);
  announce();
}

// A browser opens six connections to a host at most: a tab that nobody looks at gives up its own. And it does not come
// again by itself once it was answered with an error, as by a server that restarts behind its proxy.
const LATER = 30000;

function listenWhileVisible(listen) {
  let events = null;
  const stop = () => {
    events?.close();
    events = null;
  };
  const follow = () => {
    if (document.hidden) return stop();
    if (events && events.readyState !== EventSource.CLOSED) return;
    events = listen();
    refreshAges();
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("offline", stop);
  addEventListener("online", follow);
  setInterval(follow, LATER);
  follow();
}

/* votes without leaving the page */

function paint(box, { score, vote }) {
  for (const [name, value] of [["up", 1], ["down", -1]]) {
    const arrow = find(`:scope > details > footer > .${name}, :scope > footer > .${name}`, box);
    arrow.name = vote === value ? "clear" : name;
    arrow.setAttribute("aria-pressed", vote === value);
  }
  const line = own(box, "header, :scope > .meta");
  const shown = find(".score", line) ?? document.createElement("span");
  shown.className = "score";
  shown.textContent = plural(score, "point").replace("-", "\u2212");
  if (score === 0) shown.remove();
  else find("time", line).parentElement.after(" ", shown);
}

function logIn(box) {
  location.href = `/login?next=${encodeURIComponent(`${location.pathname}${location.search}#${box.id}`)}`;
}

async function vote(arrow) {
  const box = arrow.closest(".c, .root");
  if (!find(".who .me")) return logIn(box);
  const body = new URLSearchParams({ [arrow.name]: arrow.value });
  try {
    const answer = await fetch(arrow.form.action, { method: "POST", headers: { accept: "application/json" }, body });
    if (answer.status === 401) return logIn(box);
    if (!answer.ok) throw answer;
    paint(box, await answer.json());
  } catch {
    arrow.form.requestSubmit(arrow);
  }
}

/* drafts: what is typed survives until it has been sent */

function keepDraft(form) {
  const key = `draft ${new URL(form.action).pathname}`;
  const fields = all("textarea, input[type=text], input[type=url]", form);
  const draft = memory.read(key) ?? {};
  for (const field of fields) field.value ||= draft[field.name] ?? "";
  form.addEventListener("input", () => {
    memory.write(key, Object.fromEntries(fields.map((field) => [field.name, field.value])));
  });
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.value !== "preview") memory.write("sent", { key, from: location.href });
  });
}

// It was stored if we stand before a comment or a thread, and not where it was sent from.
function dropSentDraft() {
  const sent = memory.read("sent");
  memory.drop("sent");
  const stored = /^#c\d/.test(location.hash) || /^\/t\//.test(location.pathname);
  if (sent && stored && sent.from !== location.href && !find("[data-kept]")) memory.drop(sent.key);
}

/* answering from elsewhere: this browser knows where its reader is at home, and nobody else does */

function rememberHandle(field) {
  field.value ||= memory.read("handle") ?? "";
  field.form.addEventListener("submit", () => memory.write("handle", field.value.trim()));
}

function offerCopy(code) {
  const copy = button("Copy", async () => {
    await navigator.clipboard.writeText(code.textContent);
    copy.textContent = "Copied";
  });
  copy.className = "second";
  code.after(" ", copy);
}

/* replying in place, with a copy of the form below the thread */

function replyHere(link) {
  const form = find("#reply form");
  const footer = link.closest(".c footer");
  if (!form || !footer) return false;
  const open = footer.nextElementSibling;
  if (open?.matches("form")) {
    open.remove();
    return true;
  }
  const copy = form.cloneNode(true);
  copy.action = link.href;
  copy.classList.add("here");
  const mark = link.pathname.replaceAll("/", "-");
  for (const element of all("[id]", copy)) element.id += mark;
  for (const name of ["for", "aria-describedby"]) {
    for (const element of all(`[${name}]`, copy)) element.setAttribute(name, element.getAttribute(name) + mark);
  }
  const field = find("textarea", copy);
  field.value = "";
  footer.after(copy);
  keepDraft(copy);
  field.focus();
  return true;
}

/* keys, which can be switched off */

const MOVES = [
  ["j", "next comment", () => step(1)],
  ["k", "previous comment", () => step(-1)],
];
const IN_THREAD = [
  ["l", "next at the same level", () => goTo(sibling())],
  ["p", "the comment it answers", () => goTo(current()?.parentElement.closest(".c"))],
  ["n", "next new comment", () => nextNew()],
  ["Enter", "collapse or open", () => fold()],
  ["r", "reply", () => follow(".re")],
];
const follow = (link) => current() && find(link, own(current(), "details > footer"))?.click();
const DECIDING = [
  ["x", "remove it", () => follow(".rm")],
  ["s", "suspend its author", () => follow(".sus")],
  ["c", "lock the thread", () => find(".lock").click()],
];
const HELP = ["?", "this help", () => help.showModal()];
const KEYS = [...MOVES, ...(queue ? [] : IN_THREAD), ...(find(".lock") ? DECIDING : []), HELP];

// What a comment of the queue gives keys itself: buttons and links are pressed, fields are gone to.
const marked = (key) => queue && find(`[data-key="${CSS.escape(key)}"]`, current() ?? queue);

function named(element) {
  if (element.matches(".open")) return "open it in its thread";
  return (element.labels?.[0]?.firstChild ?? element).textContent.trim().toLowerCase();
}

function use(element) {
  if (element.matches("summary")) {
    element.parentElement.open = true;
    find("textarea", element.parentElement).focus();
  } else if (element.matches("input, select")) element.focus();
  else element.click();
}

let help = null;
let lastGone = null;
const current = () => document.activeElement.closest?.(ITEM) ?? (lastGone?.isConnected ? lastGone : find(".c:target"));

function goTo(comment) {
  if (!comment) return;
  reveal(comment.parentElement);
  comment.tabIndex = -1;
  comment.focus({ focusVisible: true });
  comment.scrollIntoView({ block: "start" });
  unvisited = unvisited.filter((other) => other !== comment);
  if (lastGone !== comment) lastGone?.classList.remove("new");
  lastGone = comment;
}

function step(by) {
  const shown = all(ITEM).filter((comment) => !isHidden(comment));
  const at = shown.indexOf(current());
  goTo(shown[at < 0 ? 0 : at + by]);
}

function sibling() {
  let next = current()?.nextElementSibling;
  while (next && !next.matches(".c:not([hidden])")) next = next.nextElementSibling;
  return next;
}

function fold() {
  const box = current() && own(current(), "details");
  if (box) box.open = !box.open;
}

function press(event) {
  const key = KEYS.find(([name]) => name === event.key);
  const element = key ? null : marked(event.key);
  const typing = event.target.closest("input, textarea, select, dialog");
  if (event.key === "Escape" && typing?.closest(".q")) return goTo(typing.closest(".q"));
  const busy = event.key === "Enter" && event.target.closest("a, button, summary");
  // What is decided is decided once, however long the key is held.
  if (element && event.repeat) return event.preventDefault();
  if (!(key || element) || typing || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (memory.read("keys off")) return;
  event.preventDefault();
  if (!element) key[2]();
  else if (current()) use(element);
  else step(1);
}

function buildHelp() {
  help = document.createElement("dialog");
  help.setAttribute("aria-labelledby", "keys-title");
  const keyed = all("[data-key]", find(".q") ?? help).map((element) => [element.dataset.key, named(element)]);
  const rows = [...KEYS, ...keyed].map(([key, what]) => `<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`).join("");
  help.innerHTML = `<h2 id="keys-title">Keys</h2><dl class="facts">${rows}</dl>
<label class="pick"><input type="checkbox"> Use these keys</label>
<form method="dialog"><button>Close</button></form>`;
  const box = find("input", help);
  box.checked = !memory.read("keys off");
  box.onchange = () => memory.write("keys off", !box.checked);
  const opener = button("Keys", () => help.showModal());
  opener.className = "plain";
  const item = document.createElement("li");
  item.append(opener);
  find(".end ul").append(item);
  document.body.append(help);
  document.addEventListener("keydown", press);
}

/* a proof of work on the form for joining, while it is filled in: who brings none may join less often */

function zeroBits(digest) {
  const bytes = new Uint8Array(digest);
  const whole = bytes.findIndex((byte) => byte);
  return whole < 0 ? 8 * bytes.length : 8 * whole + Math.clz32(bytes[whole]) - 24;
}

async function work(proof) {
  const challenge = proof.form.elements.challenge.value;
  const bits = Number(challenge.split(".")[1]);
  const hash = (number) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${challenge}.${number}`));
  for (let first = 0; !proof.value; first += 256) {
    const digests = await Promise.all(Array.from({ length: 256 }, (_, n) => hash(first + n)));
    const found = digests.findIndex((digest) => zeroBits(digest) >= bits);
    if (found >= 0) proof.value = first + found;
  }
}

function prove(proof) {
  const { form } = proof;
  proof.value = "";
  const done = work(proof);
  form.addEventListener("submit", (event) => {
    if (proof.value) return;
    event.preventDefault();
    done.then(() => form.requestSubmit());
  });
}

/* the queue of moderators: what is decided leaves it at once, what comes meanwhile is added, and so is what others decide */

// The newest report that was decided with each: what is reported again comes back.
const decided = new Map();
const seen = (item) => find("[name=seen]", item)?.value ?? "";
const isOver = (item) => decided.get(item.id) === seen(item);

function say(page) {
  find("main > .notice")?.remove();
  const notice = find("main > .notice", page);
  if (notice) find("main").prepend(document.importNode(notice, true));
}

function renew(page) {
  const there = new Map(all(".q", page).map((item) => [item.id, item]));
  const more = find("main > .onward", page);
  const shown = all(".q", queue);
  // What has gone from between what is there was decided by somebody; behind the last one there may be more than was asked for.
  const end = more ? shown.findLastIndex(({ id }) => there.has(id)) : shown.length;
  shown.forEach((item, at) => (isOver(item) || (at < end && !there.has(item.id))) && leaveOut(item));
  for (const [id, item] of there) {
    const old = document.getElementById(id);
    if (old && seen(old) !== seen(item)) refresh(old, document.importNode(item, true));
    else if (!old && !isOver(item)) queue.append(document.importNode(item, true));
  }
  const fresh = all(".tabs", page);
  for (const tabs of all(".tabs")) tabs.replaceWith(document.importNode(fresh.shift(), true));
  find("main > .onward")?.remove();
  if (more) queue.after(document.importNode(more, true));
  find(":scope > .empty", queue).hidden = Boolean(find(".q", queue));
}

// It was reported again: with what was written so far.
function refresh(old, item) {
  const had = old.contains(document.activeElement);
  for (const name of ["reason", "with", "note"]) find(`[name=${name}]`, item).value = find(`[name=${name}]`, old).value;
  old.replaceWith(item);
  if (had) goTo(item);
}

function leaveOut(item) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  const had = item.contains(document.activeElement);
  item.remove();
  if (!had) return;
  if (next?.matches(".q")) goTo(next);
  else find("main").focus();
}

const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// Another page than the queue: for logging in again, or with a refusal.
function elsewhereThan(page, answer) {
  if (find("#queue", page)) return false;
  if (answer.redirected) location.assign(answer.url);
  else {
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.setAttribute("role", "alert");
    notice.textContent = find("main", page)?.textContent.trim().replace(/\s+/g, " ") || answer.statusText;
    find("main > .notice")?.remove();
    find("main").prepend(notice);
  }
  return true;
}

async function judge(form, submitter) {
  if ("busy" in form.dataset) return;
  form.dataset.busy = "";
  const body = new URLSearchParams([...new FormData(form), [submitter.name, submitter.value]]);
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  delete form.dataset.busy;
  if (!answer) {
    // Sent as without script: the browser says what is wrong.
    form.dataset.plain = "";
    return form.requestSubmit(submitter);
  }
  const page = await read(answer);
  if (elsewhereThan(page, answer)) return;
  const item = form.closest(".q");
  const { id } = item;
  // What is decided with it, or written beside it, is seen on the page alone.
  if (answer.ok && (body.get("with") !== "nothing" || submitter.matches("[data-stays]"))) return location.assign(answer.url);
  if (answer.ok || !find(`#${id}`, page)) decided.set(id, seen(item));
  say(page);
  renew(page);
}

function watchQueue() {
  const events = new EventSource("/api/v1/admin/queue/events");
  let first = true;
  events.addEventListener("queue", async ({ data }) => {
    const counts = Object.entries(JSON.parse(data));
    const same = counts.every(([list, count]) => find(`[data-count=${list}]`)?.textContent === String(count));
    const known = first && same;
    first = false;
    if (known) return;
    const address = new URL(location.href);
    address.searchParams.delete("said");
    const answer = await fetch(address).catch(() => null);
    const page = answer?.ok && (await read(answer));
    if (page && find("#queue", page)) renew(page);
  });
  return events;
}

/* begin */

document.addEventListener("click", (event) => {
  const cast = event.target.closest("button[form=votes]");
  const link = event.target.closest("a.re");
  if (cast) {
    event.preventDefault();
    vote(cast);
  } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && replyHere(link)) {
    event.preventDefault();
  }
});
dropSentDraft();
all("form[data-draft]").forEach(keepDraft);
all("input[name=handle]").forEach(rememberHandle);
if (navigator.clipboard) all("[data-copy]").forEach(offerCopy);
// Browsers compute hashes on secure pages only.
if (crypto.subtle) all("input[name=proof]").forEach(prove);
if (find(".c") || queue) buildHelp();
if (section) {
  arrive();
  unvisited = all(".c.new");
  announce();
  listenWhileVisible(listen);
}
if (queue) {
  document.addEventListener("submit", (event) => {
    if (!event.target.closest(".q") || !event.submitter || "plain" in event.target.dataset) return;
    event.preventDefault();
    judge(event.target, event.submitter);
  });
  listenWhileVisible(watchQueue);
}
