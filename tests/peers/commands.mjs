// What the people here do when they are told to. Each command returns what was done, as plain JSON.

import { parseNodeInfo } from "@fedify/fedify";
import {
  Announce, Create, Delete, Dislike, Flag, Follow, isActor, Like, Note, PUBLIC_COLLECTION, ReplyRequest, Tombstone, traverseCollection,
  Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

import { bury, left, notes, written } from "./federation.mjs";
import { shown, tell } from "./telling.mjs";

const KINDS = { Announce, Dislike, Like };

export function commands(federation, settings) {
  const ctx = federation.createContext(new URL(settings.origin), undefined);
  // By id: what was said, and to whom.
  const said = new Map();
  let numbers = 0;

  const signed = async (who) => ({ documentLoader: await ctx.getDocumentLoader({ identifier: who }) });
  const reading = async (who) => ({ ...(await signed(who)), contextLoader: ctx.contextLoader });
  const named = (who, kind) => new URL(`#${kind}/${(numbers += 1)}`, ctx.getActorUri(who));

  async function say(who, activity, hearers) {
    said.set(activity.id.href, { who, activity, hearers });
    tell({ saying: activity.constructor.name, id: activity.id.href });
    await ctx.sendActivity({ identifier: who }, hearers, activity, { preferSharedInbox: true });
    return { said: activity.id.href };
  }

  async function found(who, what) {
    const thing = await ctx.lookupObject(what, await reading(who));
    if (thing == null) throw new Error(`${what} is not found`);
    return thing;
  }

  async function authorOf(who, what) {
    const thing = await found(who, what);
    return isActor(thing) ? thing : await thing.getAttribution(await reading(who));
  }

  async function listed(who, collection) {
    const all = [];
    const items = traverseCollection(collection, { ...(await reading(who)), suppressError: false });
    for await (const item of items) all.push(shown(item));
    return all;
  }

  async function composed({ who, to, text, mentioned }) {
    const author = async () => (to ? [await authorOf(who, to)] : []);
    const hearers = mentioned ? await Promise.all(mentioned.map((id) => authorOf(who, id))) : await author();
    const number = String((numbers += 1));
    const note = {
      number, who, to, text, hearers,
      mentions: hearers.map(({ id, preferredUsername }) => ({ href: id, name: `@${preferredUsername}@${id.host}` })),
      published: Temporal.Now.instant(),
      answers: [],
    };
    notes.set(number, note);
    const object = written(ctx, note);
    notes.get(to?.split("/notes/")[1])?.answers.push(object.id);
    return { number, object, hearers };
  }

  // What changes a note goes to whoever heard of it.
  const about = (number) => {
    const { who, hearers } = notes.get(number);
    return { who, hearers, actor: ctx.getActorUri(who) };
  };

  return {
    async follow({ who, whom }) {
      const actor = await found(who, whom);
      if (!isActor(actor)) throw new Error(`${whom} is nobody`);
      const follow = new Follow({ id: named(who, "follows"), actor: ctx.getActorUri(who), object: actor.id });
      return { ...(await say(who, follow, actor)), whom: shown(actor) };
    },

    // Writes something: `to` is what it answers. Who wrote that is mentioned, or those who are `mentioned` instead;
    // whoever is mentioned hears of it.
    async write(what) {
      const { number, object, hearers } = await composed(what);
      const activity = new Create({
        id: new URL(`${object.id.pathname}/create`, object.id),
        actor: object.attributionId, object, tos: [PUBLIC_COLLECTION], ccs: object.ccIds, published: object.published,
      });
      return { number, id: object.id.href, ...(await say(what.who, activity, hearers)) };
    },

    // Writes something and asks whoever wrote what it answers whether it may, as GoToSocial does.
    async request(what) {
      const { number, object, hearers } = await composed(what);
      const asked = new ReplyRequest({
        id: named(what.who, "requests"), actor: object.attributionId, object: object.replyTargetId, instrument: object,
        to: hearers[0].id,
      });
      return { number, id: object.id.href, ...(await say(what.who, asked, hearers)) };
    },

    async edit({ number, text }) {
      const { who, hearers, actor } = about(number);
      Object.assign(notes.get(number), { text, updated: Temporal.Now.instant() });
      const object = written(ctx, notes.get(number));
      return say(who, new Update({ id: named(who, "updates"), actor, object, tos: [PUBLIC_COLLECTION] }), hearers);
    },

    async delete({ number }) {
      const { who, hearers, actor } = about(number);
      const object = new Tombstone({ id: await bury(ctx, number) });
      return say(who, new Delete({ id: named(who, "deletes"), actor, object, tos: [PUBLIC_COLLECTION] }), hearers);
    },

    // `kind`: Like, Dislike or Announce.
    async react({ who, kind, object }) {
      const activity = new KINDS[kind]({
        id: named(who, kind.toLowerCase()), actor: ctx.getActorUri(who), object: new URL(object), tos: [PUBLIC_COLLECTION],
      });
      return say(who, activity, await authorOf(who, object));
    },

    // Tells its home that something is not as it should be.
    async flag({ who, object, text }) {
      const activity = new Flag({ id: named(who, "flags"), actor: ctx.getActorUri(who), object: new URL(object), content: text });
      return say(who, activity, await authorOf(who, object));
    },

    async undo({ id }) {
      const { who, activity, hearers } = said.get(id);
      return say(who, new Undo({ id: named(who, "undos"), actor: activity.actorId, object: activity }), hearers);
    },

    // Is gone, and so is everything of theirs.
    async leave({ who }) {
      const [hearers, actor] = [[...notes.values()].flatMap((note) => note.hearers), ctx.getActorUri(who)];
      const activity = new Delete({ id: named(who, "leaves"), actor, object: actor, tos: [PUBLIC_COLLECTION] });
      left.add(who);
      return say(who, activity, hearers);
    },

    // Looks something up, as somebody would in their search field; with what answers it, page by page.
    async look({ who, what }) {
      const thing = await found(who, what);
      const replies = thing instanceof Note ? await thing.getReplies(await reading(who)) : null;
      return { ...shown(thing), answers: replies ? await listed(who, replies) : [] };
    },

    // Reads a collection, page by page.
    async list({ who, what }) {
      return listed(who, await found(who, what));
    },

    // Asks a server what it runs. Fedify's own question goes to public addresses only.
    async ask({ what }) {
      const read = async (url) => (await fetch(url, { headers: { accept: "application/json" } })).json();
      const { links } = await read(new URL("/.well-known/nodeinfo", what));
      return parseNodeInfo(await read(links.find(({ rel }) => rel.endsWith("/schema/2.1")).href));
    },
  };
}
