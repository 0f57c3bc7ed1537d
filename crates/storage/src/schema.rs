//! The tables, as both migration trees make them. A test holds this file, SQLite and PostgreSQL equal.

/// Hands all tables to a macro. They stand in an order in which each refers only to those before it and to itself.
macro_rules! all_tables {
    ($make:ident) => {
        $make! {
            settings (key) { key -> Text, value -> Text, }
            actors (id) {
                id -> BigInt, origin -> SmallInt, host -> Text, name -> Text, name_key -> Text,
                about -> Text, about_html -> Text, created_at -> BigInt,
            }
            accounts (id) {
                id -> BigInt, actor_id -> BigInt, password -> Nullable<Text>, role -> SmallInt, email -> Nullable<Text>,
                created_at -> BigInt, reach -> SmallInt,
            }
            credentials (id) {
                id -> BigInt, account_id -> BigInt, kind -> SmallInt, secret_hash -> Binary, scope -> SmallInt, label -> Text,
                created_at -> BigInt, expires_at -> BigInt,
            }
            boards (id) {
                id -> BigInt, name -> Text, name_key -> Text, title -> Text, about -> Text, about_html -> Text, rules -> Text, rules_html -> Text,
                created_at -> BigInt, host -> Text, actor_id -> Nullable<BigInt>, remote_threads -> Bool, slow -> BigInt,
            }
            account_boards (account_id, board_id) { account_id -> BigInt, board_id -> BigInt, }
            threads (id) {
                id -> BigInt, board_id -> BigInt, title -> Text, url -> Nullable<Text>, published_at -> BigInt,
                listed -> Bool, locked -> Bool, pinned -> Bool, comments -> BigInt, active_at -> BigInt,
                score -> BigInt, hot -> BigInt, best -> BigInt, version -> BigInt, slow -> BigInt,
            }
            withheld (thread_id) { thread_id -> BigInt, title -> Text, url -> Nullable<Text>, }
            comments (id) {
                id -> BigInt, thread_id -> BigInt, parent_id -> Nullable<BigInt>, author_id -> BigInt, depth -> BigInt,
                state -> SmallInt, published_at -> BigInt, edited_at -> Nullable<BigInt>, ups -> BigInt, downs -> BigInt,
                best -> BigInt, sensitive -> Bool,
            }
            stood (thread_id, board_id, earlier_id) { thread_id -> BigInt, board_id -> BigInt, earlier_id -> BigInt, }
            splits (thread_id) { thread_id -> BigInt, from_id -> BigInt, parent_id -> BigInt, }
            announcements (comment_id) { comment_id -> BigInt, taken_back -> BigInt, }
            texts (comment_id) { comment_id -> BigInt, source -> Text, html -> Text, }
            revisions (id) { id -> BigInt, comment_id -> BigInt, source -> Text, html -> Text, replaced_at -> BigInt, }
            votes (comment_id, actor_id) {
                comment_id -> BigInt, actor_id -> BigInt, thread_id -> BigInt, value -> SmallInt, created_at -> BigInt,
            }
            reports (id) {
                id -> BigInt, comment_id -> BigInt, reporter_id -> BigInt, category -> SmallInt, text -> Text,
                state -> SmallInt, created_at -> BigInt, host -> Text, flag -> Nullable<Text>, decided_at -> Nullable<BigInt>,
            }
            figures (month, figure, hours) { month -> BigInt, figure -> SmallInt, hours -> BigInt, count -> BigInt, }
            cases (comment_id) {
                comment_id -> BigInt, state -> SmallInt, opened_id -> BigInt, assigned_to -> Nullable<BigInt>,
                forwarded_at -> Nullable<BigInt>,
            }
            notes (id) {
                id -> BigInt, comment_id -> BigInt, author_id -> BigInt, text -> Text, created_at -> BigInt,
            }
            moderation_log (id) {
                id -> BigInt, deed -> SmallInt, comment_id -> Nullable<BigInt>, reason -> Text, created_at -> BigInt,
                host -> Nullable<Text>, person -> Nullable<Text>, role -> Nullable<SmallInt>, moderator_id -> Nullable<BigInt>,
            }
            notices (id) {
                id -> BigInt, secret_hash -> Binary, category -> SmallInt, explanation -> Text, name -> Text, email -> Text,
                state -> SmallInt, reason -> Text, automated -> Bool, decided_at -> Nullable<BigInt>, created_at -> BigInt,
            }
            notice_targets (notice_id, place) {
                notice_id -> BigInt, place -> SmallInt, address -> Text, comment_id -> Nullable<BigInt>,
                actor_id -> Nullable<BigInt>, taken_down -> Bool,
            }
            statements (entry_id) {
                entry_id -> BigInt, comment_id -> BigInt, facts -> Text, ground -> SmallInt, provision -> Text, on_notice -> Bool,
                automated -> Bool, created_at -> BigInt,
            }
            preserved (id) {
                id -> BigInt, comment_id -> BigInt, thread_id -> BigInt, author -> Text, address -> Text, title -> Nullable<Text>,
                url -> Nullable<Text>, source -> Text, html -> Text, published_at -> BigInt, edited_at -> Nullable<BigInt>,
                reason -> Text, created_at -> BigInt, until_at -> BigInt, left_out -> BigInt,
            }
            preserved_editions (preserved_id, place) {
                preserved_id -> BigInt, place -> BigInt, source -> Text, html -> Text, replaced_at -> BigInt,
            }
            events (thread_id, version) {
                thread_id -> BigInt, version -> BigInt, kind -> SmallInt, comment_id -> BigInt, created_at -> BigInt,
            }
            visits (account_id, thread_id) { account_id -> BigInt, thread_id -> BigInt, seen_at -> BigInt, read_at -> BigInt, last_at -> BigInt, }
            notifications (id) {
                id -> BigInt, account_id -> BigInt, comment_id -> BigInt, read_at -> Nullable<BigInt>, created_at -> BigInt,
                kind -> SmallInt, entry_id -> Nullable<BigInt>,
            }
            imports (source, item) { source -> Text, item -> Text, comment_id -> BigInt, }
            idempotency (account_id, key) {
                account_id -> BigInt, key -> Text, fingerprint -> Binary, comment_id -> BigInt, created_at -> BigInt,
            }
            jobs (id) {
                id -> BigInt, kind -> Text, payload -> Text, next_at -> BigInt, leased_until -> BigInt, attempts -> BigInt,
                last_error -> Text,
            }
            keys (holder, holder_id) {
                holder -> SmallInt, holder_id -> BigInt, private -> Binary, public -> Text, created_at -> BigInt,
            }
            remotes (actor_id) {
                actor_id -> BigInt, uri -> Text, kind -> SmallInt, inbox -> Text, shared_inbox -> Nullable<Text>,
                followers -> Nullable<Text>, url -> Nullable<Text>, key_id -> Text, key -> Text, state -> SmallInt,
                fetched_at -> BigInt,
            }
            objects (comment_id) {
                uri -> Text, comment_id -> BigInt, url -> Nullable<Text>, updated_at -> BigInt, announced -> Bool,
                digest -> Binary,
            }
            gone (uri) { uri -> Text, gone_at -> BigInt, }
            follows (followed, followed_id, actor_id) {
                followed -> SmallInt, followed_id -> BigInt, actor_id -> BigInt, uri -> Text, created_at -> BigInt,
            }
            following (actor_id, board_id) {
                actor_id -> BigInt, board_id -> BigInt, follow -> BigInt, state -> SmallInt, asked_at -> BigInt,
                answered_at -> Nullable<BigInt>,
            }
            inbox (id) {
                id -> BigInt, uri -> Text, actor -> Text, host -> Text, kind -> Text, body -> Text, state -> SmallInt,
                reason -> Text, turn -> BigInt, next_at -> BigInt, leased_until -> BigInt, attempts -> BigInt,
                received_at -> BigInt,
            }
            activities (id) {
                id -> BigInt, body -> Text, signer -> SmallInt, signer_id -> BigInt, key_id -> Text, public -> Bool,
                created_at -> BigInt, comment_id -> Nullable<BigInt>,
            }
            deliveries (id) {
                id -> BigInt, activity_id -> BigInt, host -> Text, inbox -> Text, state -> SmallInt, attempts -> BigInt,
                error -> Text,
            }
            peers (host) {
                host -> Text, software -> Text, version -> Text, dialect -> SmallInt, state -> SmallInt, asked_at -> BigInt,
                heard_at -> BigInt, reached_at -> BigInt, failing_since -> Nullable<BigInt>, failures -> BigInt,
                next_at -> BigInt, leased_until -> BigInt, error -> Text, soonest_at -> BigInt,
            }
            backfills (thread_id) {
                thread_id -> BigInt, fresh_at -> BigInt, step -> BigInt, next_at -> BigInt, leased_until -> BigInt,
                seen -> BigInt, turn -> BigInt, context -> Nullable<Text>, ran_at -> BigInt, known -> BigInt,
                fetched -> BigInt, refused -> BigInt, failed -> BigInt, gone -> BigInt, error -> Text,
            }
            introductions (actor_id) {
                actor_id -> BigInt, next_at -> BigInt, leased_until -> BigInt, attempts -> BigInt,
            }
            moves (actor_id) { actor_id -> BigInt, target_id -> BigInt, moved_at -> BigInt, }
            answering (comment_id) { comment_id -> BigInt, automatic -> Text, manual -> Text, }
            moderators (group_id) { group_id -> BigInt, uris -> Text, asked_at -> BigInt, }
            liking (comment_id) { comment_id -> BigInt, automatic -> Text, manual -> Text, }
            approvals (comment_id) {
                comment_id -> BigInt, author_id -> BigInt, stage -> SmallInt, request -> Nullable<BigInt>, stamp -> Nullable<Text>,
            }
            wishes (comment_id, actor_id) { comment_id -> BigInt, actor_id -> BigInt, request -> BigInt, asked_at -> BigInt, }
            permissions (id) {
                id -> BigInt, deed -> SmallInt, comment_id -> BigInt, actor_id -> BigInt, object -> Text, granted_at -> BigInt,
            }
            policies (host) {
                host -> Text, level -> SmallInt, with_subdomains -> Bool, reason -> Text, actor_id -> Nullable<BigInt>,
                decided_at -> BigInt,
            }
            holds (comment_id) {
                comment_id -> BigInt, stage -> SmallInt, cause -> SmallInt, rule -> Text, host -> Text, held_at -> BigInt,
                request -> Nullable<Text>, assigned_to -> Nullable<BigInt>,
            }
            marks (comment_id, rule) { comment_id -> BigInt, rule -> Text, effect -> SmallInt, marked_at -> BigInt, }
            traces (comment_id) {
                comment_id -> BigInt, author_id -> BigInt, host -> Text, board_id -> BigInt, text -> Nullable<BigInt>,
            }
            hidden (comment_id) { comment_id -> BigInt, host -> Text, state -> SmallInt, }
            applications (id) {
                id -> BigInt, name -> Text, name_key -> Text, password -> Text, answer -> Text, state -> SmallInt, created_at -> BigInt,
            }
            invitations (id) {
                id -> BigInt, code_hash -> Binary, inviter_id -> Nullable<BigInt>, uses_left -> BigInt, created_at -> BigInt,
                expires_at -> BigInt,
            }
            invited (account_id) { account_id -> BigInt, inviter_id -> BigInt, }
            sanctions (id) {
                id -> BigInt, actor_id -> BigInt, board_id -> Nullable<BigInt>, level -> SmallInt, until_at -> Nullable<BigInt>,
                reason -> Text, moderator_id -> Nullable<BigInt>, created_at -> BigInt, ended_at -> Nullable<BigInt>, sweep -> SmallInt,
            }
            swept (comment_id) { comment_id -> BigInt, sanction_id -> BigInt, state -> SmallInt, }
            actor_notes (id) {
                id -> BigInt, actor_id -> BigInt, author_id -> Nullable<BigInt>, text -> Text, created_at -> BigInt,
            }
            warnings (id) {
                id -> BigInt, actor_id -> BigInt, board_id -> Nullable<BigInt>, moderator_id -> Nullable<BigInt>, reason -> Text,
                created_at -> BigInt, read_at -> Nullable<BigInt>, kind -> SmallInt, sanction_id -> Nullable<BigInt>,
            }
            appeals (id) {
                id -> BigInt, comment_id -> Nullable<BigInt>, entry_id -> Nullable<BigInt>, author_id -> BigInt, text -> Text,
                state -> SmallInt, outcome_id -> Nullable<BigInt>, created_at -> BigInt, warning_id -> Nullable<BigInt>,
            }
            second_factors (account_id) { account_id -> BigInt, secret -> Binary, state -> SmallInt, last_step -> BigInt, }
            recovery_codes (account_id, code_hash) { account_id -> BigInt, code_hash -> Binary, }
            webhooks (id) {
                id -> BigInt, url -> Text, secret -> Text, kinds -> BigInt, state -> SmallInt, created_at -> BigInt,
                failures -> BigInt, error -> Text, next_at -> BigInt, reached_at -> BigInt, leased_until -> BigInt,
                resumed_at -> BigInt,
            }
            news (webhook_id, id) {
                webhook_id -> BigInt, id -> BigInt, kind -> SmallInt, comment_id -> Nullable<BigInt>,
                entry_id -> Nullable<BigInt>, created_at -> BigInt, waits_since -> BigInt, state -> SmallInt,
            }
            blocklists (id) {
                id -> BigInt, url -> Text, created_at -> BigInt, etag -> Text, modified -> Text, fetched_at -> BigInt,
                next_at -> BigInt, failures -> BigInt, error -> Text, alarm -> SmallInt, waiting -> BigInt, unread -> Text,
            }
            blocklist_lines (blocklist_id, host) {
                blocklist_id -> BigInt, host -> Text, says -> SmallInt, reason -> Text, refused -> Nullable<SmallInt>,
                applied_at -> Nullable<BigInt>,
            }
        }
    };
}
#[cfg(any(all(feature = "sqlite", feature = "postgres"), feature = "testing"))]
pub(crate) use all_tables;

macro_rules! declare {
    ($($table:ident ($($key:ident),+) { $($column:ident -> $type:ident $(<$inner:ident>)?,)+ })+) => {
        $(diesel::table! { $table ($($key),+) { $($column -> $type $(<$inner>)?,)+ } })+
    };
}
all_tables!(declare);

diesel::joinable!(accounts -> actors (actor_id));
diesel::joinable!(credentials -> accounts (account_id));
diesel::joinable!(threads -> boards (board_id));
diesel::joinable!(comments -> threads (thread_id));
diesel::joinable!(comments -> actors (author_id));
diesel::joinable!(texts -> comments (comment_id));
diesel::joinable!(revisions -> comments (comment_id));
diesel::joinable!(notifications -> comments (comment_id));
diesel::joinable!(imports -> comments (comment_id));
diesel::joinable!(moderation_log -> actors (moderator_id));
diesel::joinable!(remotes -> actors (actor_id));
diesel::joinable!(cases -> comments (comment_id));
diesel::joinable!(reports -> actors (reporter_id));
diesel::joinable!(notes -> actors (author_id));
diesel::joinable!(appeals -> comments (comment_id));
diesel::joinable!(appeals -> warnings (warning_id));
diesel::joinable!(notice_targets -> comments (comment_id));
diesel::joinable!(following -> boards (board_id));
diesel::joinable!(objects -> comments (comment_id));
diesel::joinable!(approvals -> comments (comment_id));
diesel::joinable!(hidden -> comments (comment_id));
diesel::joinable!(holds -> comments (comment_id));
diesel::joinable!(swept -> comments (comment_id));
diesel::joinable!(sanctions -> actors (actor_id));
diesel::joinable!(wishes -> comments (comment_id));
diesel::joinable!(invitations -> actors (inviter_id));
diesel::joinable!(invited -> actors (inviter_id));
diesel::joinable!(deliveries -> activities (activity_id));

/// Tables that stand in one statement: of these alone, for to allow it of any two costs every build of this crate ten seconds.
macro_rules! together {
    ($($table:ident with $($other:ident),+;)+) => { $($(diesel::allow_tables_to_appear_in_same_query!($table, $other);)+)+ };
}

together! {
    comments with accounts, actors, appeals, approvals, boards, cases, hidden, holds, imports, marks, moderation_log,
        notice_targets, notices, notifications, objects, remotes, reports, revisions, swept, texts, threads, votes, warnings,
        wishes;
    threads with actors, appeals, boards, cases, hidden, holds, marks, moderation_log, notice_targets, notices, splits,
        swept, texts, warnings, withheld;
    actors with accounts, boards, credentials, invitations, invited, moderation_log, notes, remotes, reports, sanctions, texts;
    accounts with account_boards, approvals, credentials, holds, notifications;
    moderation_log with hidden, remotes, revisions, swept;
    revisions with hidden, holds, swept, texts;
    webhooks with news;
    approvals with holds, notifications, texts;
    activities with deliveries, peers;
    holds with notifications, texts;
    remotes with follows, votes;
    boards with following;
    gone with objects;
    hidden with swept;
    notice_targets with notices;
    deliveries with peers;
    appeals with warnings;
    cases with reports;
}
