// What is told to whoever started this: one JSON object on a line; and things of Fedify's as plain JSON, as Fedify
// understood them.

export function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const text = (value) => value?.toString() ?? null;
const link = (url) => url?.href ?? null;

// An actor, an object or an activity, without what is inside it.
export function shown(thing) {
  if (thing == null) return null;
  return {
    type: thing.constructor.name,
    id: link(thing.id),
    actor: link(thing.actorId),
    author: link(thing.attributionId),
    object: link(thing.objectId),
    inReplyTo: link(thing.replyTargetId),
    content: text(thing.content),
    published: text(thing.published),
    updated: text(thing.updated),
    url: link(thing.url),
    to: (thing.toIds ?? []).map(link),
    cc: (thing.ccIds ?? []).map(link),
  };
}
