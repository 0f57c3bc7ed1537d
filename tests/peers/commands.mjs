// What the people here do when they are told to. Each command returns what was done, as plain JSON.

import {
  Announce, Create, Delete, Dislike, Follow, isActor, Like, Note, PUBLIC_COLLECTION, Tombstone, traverseCollection, Undo,
  Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

import { bury, notes, written } from "./federation.mjs";
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

    // Writes something: `to` is what it answers, `mentions` whether its author is named in it, `quietly` whether
    // nobody is told of it.
    async write({ who, to, text, mentions = true, quietly = false }) {
      const author = to && (await authorOf(who, to));
      const number = String((numbers += 1));
      const name = author && `@${author.preferredUsername}@${author.id.host}`;
      const note = {
        number, who, to, text,
        mentions: author && mentions ? [{ href: author.id, name }] : [],
        hearers: author && !quietly ? [author] : [],
        published: Temporal.Now.instant(),
        answers: [],
      };
      notes.set(number, note);
      const object = written(ctx, note);
      notes.get(to?.split("/notes/")[1])?.answers.push(object.id);
      const activity = new Create({
        id: new URL(`${object.id.pathname}/create`, object.id),
        actor: object.attributionId, object, tos: [PUBLIC_COLLECTION], ccs: object.ccIds, published: note.published,
      });
      return { number, id: object.id.href, ...(await say(who, activity, note.hearers)) };
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

    async undo({ id }) {
      const { who, activity, hearers } = said.get(id);
      return say(who, new Undo({ id: named(who, "undos"), actor: activity.actorId, object: activity }), hearers);
    },

    // Looks something up, as somebody would in their search field; with the ids of what answers it, page by page.
    async look({ who, what }) {
      const thing = await found(who, what);
      const answers = [];
      if (thing instanceof Note) {
        const replies = await thing.getReplies(await reading(who));
        if (replies) {
          const all = traverseCollection(replies, { ...(await reading(who)), suppressError: false });
          for await (const item of all) answers.push(shown(item));
        }
      }
      return { ...shown(thing), answers };
    },
  };
}
