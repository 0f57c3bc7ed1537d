// Who lives here, what they have written, and what comes to their inboxes: Fedify's callbacks.

import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Application, Collection, CollectionPage, Create, Delete, Endpoints, Mention, Note, Person,
  PUBLIC_COLLECTION, Reject, Tombstone, Undo, Update,
} from "@fedify/vocab";

import { shown, tell } from "./telling.mjs";

const ACTIVITY_JSON = "application/activity+json";

// By number: {number, who, to, text, mentions, published, updated, answers}; null for what was deleted.
export const notes = new Map();
const tombstones = new Map();

// Who lived here and is gone.
export const left = new Set();

const keys = new Map();

// A key pair that signs requests, of as many bits as Mastodon's have: Fedify's own have 4096, and looking for such primes takes seconds.
function rsa(modulusLength) {
  const kind = { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  return crypto.subtle.generateKey(kind, true, ["sign", "verify"]);
}

// The key pairs of somebody, made when they are first needed: one that signs requests, one that signs documents.
function keysOf(name, bits) {
  if (!keys.has(name)) keys.set(name, Promise.all([rsa(bits), generateCryptoKeyPair("Ed25519")]));
  return keys.get(name);
}

async function person(ctx, name, Kind) {
  const pairs = await ctx.getActorKeyPairs(name);
  return new Kind({
    id: ctx.getActorUri(name),
    preferredUsername: name,
    name: `${name} of ${ctx.hostname}`,
    summary: "<p>Lives in a test.</p>",
    inbox: ctx.getInboxUri(name),
    followers: ctx.getFollowersUri(name),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: pairs[0].cryptographicKey,
    assertionMethods: pairs.map((pair) => pair.multikey),
  });
}

// What somebody wrote, with the ids of what answers it (FEP-7458).
export function written(ctx, note) {
  const id = ctx.getObjectUri(Note, { number: note.number });
  const answers = new URL(`${id.pathname}/replies`, id);
  return new Note({
    id,
    attribution: ctx.getActorUri(note.who),
    replyTarget: note.to && new URL(note.to),
    content: `<p>${note.text}</p>`,
    tos: [PUBLIC_COLLECTION],
    ccs: [ctx.getFollowersUri(note.who), ...note.mentions.map(({ href }) => href)],
    tags: note.mentions.map((mention) => new Mention(mention)),
    published: note.published,
    updated: note.updated,
    replies: new Collection({
      id: answers,
      totalItems: note.answers.length,
      first: new CollectionPage({ id: new URL("?page=1", answers), partOf: answers, items: note.answers }),
    }),
  });
}

// Deletes a note.
export async function bury(ctx, number) {
  const id = ctx.getObjectUri(Note, { number });
  notes.delete(number);
  tombstones.set(id.href, JSON.stringify(await new Tombstone({ id }).toJsonLd(ctx)));
  return id;
}

// The answer to whoever asks for what was deleted.
export function gone(url) {
  const body = tombstones.get(url);
  return body && new Response(body, { status: 410, headers: { "content-type": ACTIVITY_JSON } });
}

// What is inside an activity: as it came where the server that sent it may say so, and otherwise asked for.
async function inside(ctx, activity, documentLoader) {
  if ([Accept, Reject, Undo].some((kind) => activity instanceof kind)) {
    return activity.getObject({ contextLoader: ctx.contextLoader, documentLoader, crossOrigin: "trust" });
  }
  const named = [Announce, Create, Update, Delete].some((kind) => activity instanceof kind);
  return named ? activity.getObject({ contextLoader: ctx.contextLoader, documentLoader }) : null;
}

async function arrived(ctx, activity) {
  const documentLoader = await ctx.getDocumentLoader({ identifier: ctx.hostname });
  const actor = await activity.getActor({ contextLoader: ctx.contextLoader, documentLoader });
  const object = await inside(ctx, activity, documentLoader);
  tell({ arrived: { ...shown(activity), by: shown(actor), inside: shown(object) } });
}

// Whether somebody may read here: with `secure`, everybody who says who they are. The server itself is shown to all,
// so that two that want a signature do not wait for one another.
async function mayRead(ctx, settings, name) {
  if (!settings.secure || name === ctx.hostname) return true;
  const documentLoader = await ctx.getDocumentLoader({ identifier: ctx.hostname });
  return (await ctx.getSignedKeyOwner({ documentLoader })) != null;
}

// `settings`: `origin`; `people`, the names of those who live here; `firstKnock`, which signature is tried first;
// `secure`, whether to answer only what is signed; `software`, what it says that it runs, if it says so; `bits` of its people's keys.
export async function serve(settings) {
  const bits = settings.bits ?? 2048;
  const federation = createFederation({
    kv: new MemoryKvStore(),
    origin: settings.origin,
    allowPrivateAddress: true,
    firstKnock: settings.firstKnock,
  });
  const everybody = [...settings.people, new URL(settings.origin).hostname];
  federation
    .setActorDispatcher("/users/{identifier}", (ctx, name) => {
      if (name === ctx.hostname) return person(ctx, name, Application);
      if (left.has(name)) return new Tombstone({ id: ctx.getActorUri(name), formerType: Person });
      return settings.people.includes(name) ? person(ctx, name, Person) : null;
    })
    .setKeyPairsDispatcher((_ctx, name) => (everybody.includes(name) ? keysOf(name, bits) : []))
    .authorize((ctx, name) => mayRead(ctx, settings, name));
  federation
    .setObjectDispatcher(Note, "/notes/{number}", (ctx, { number }) => {
      const note = notes.get(number);
      return note ? written(ctx, note) : null;
    })
    .authorize((ctx) => mayRead(ctx, settings));
  federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher((ctx) => ({ identifier: ctx.hostname }))
    .on(Activity, arrived)
    .onError((_ctx, error) => tell({ failed: String(error.stack ?? error) }));
  if (settings.software) {
    const usage = { users: {}, localPosts: 0, localComments: 0 };
    federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
      software: settings.software, protocols: ["activitypub"], usage,
    }));
  }
  // Before anybody asks: the first request would have to wait for a large prime.
  await Promise.all(everybody.map((name) => keysOf(name, bits)));
  return federation;
}
