// A thread as people with accounts make it: answered, mentioned, edited, voted on, deleted, removed.

import { ADMIN, MEMBER } from "./site.mjs";

const QUESTION = `The third leg of ours came loose again. Which glue would you take, @mel?

- hide glue, as it was made with
- white glue, as everybody has`;

const ANSWER = `Hide glue, whatever the weather. It lets go with heat, so that the *next* person can mend it too:

    soak  1 hour
    warm  60 °C, not more

See https://example.org/glue/hide-glue-and-other-things-that-let-go-again-when-they-are-asked-to and #woodwork.`;

/** Makes it; answers the ids of what it holds. */
export async function talk(site) {
  const [ada, mel] = [site.as(ADMIN), site.as(MEMBER)];
  const { id: thread } = await ada.start("Which glue for a piano stool?", QUESTION, "https://www.example.org/stools?leg=3");
  const { id: answer } = await mel.reply(thread, "Hide glue.");
  await mel.edit(answer, ANSWER);
  await ada.vote(answer, 1);
  const { id: thanks } = await ada.reply(answer, "Thank you, @mel@remote.example! And how long in the clamp?");
  await mel.vote(thanks, 1);
  const { id: deleted } = await mel.reply(thanks, "Two hours. No, wait.");
  const { id: below } = await ada.reply(deleted, "> Two hours.\n\nThat was quick.");
  await mel.remove(deleted);
  const { id: rude } = await mel.reply(thread, "Throw it away.");
  await ada.vote(rude, -1);
  await ada.ask("POST", `/api/v1/comments/${rude}/reports`, { category: "abuse", text: "he always does" });
  const { id: removed } = await mel.reply(thread, "Buy my glue!");
  await ada.moderate(removed, "remove", "advertising");
  const { id: locked } = await ada.start("House news", "The hall is closed in August.");
  await ada.moderate(locked, "pin", "everybody should see it");
  await ada.moderate(locked, "lock", "only news");
  const [waits, decided] = [await notice(site, mel, rude), await notice(site, mel, answer)];
  const why = { decision: "kept", reason: "It is an opinion, and nobody is named." };
  await ada.ask("POST", `/api/v1/admin/notices/${decided.receipt.number}/decide`, why);
  const receipts = { waits: waits.secret, decided: decided.secret, number: waits.receipt.number };
  return { thread, answer, thanks, deleted, below, rude, removed, locked, receipts };
}

/** Somebody tells that a comment is against the law; answers the receipt. An account is not needed, and changes nothing. */
function notice(site, who, comment) {
  const said = { category: "defamation", explanation: "It says what is not true of me.", good_faith: true };
  const told = { addresses: [`${site.base}/c/${comment}`], name: "Kit", email: "kit@mail.example", ...said };
  return who.ask("POST", "/api/v1/notices", told);
}
