//! The tables, as both migration trees make them. A test holds this file, SQLite and PostgreSQL equal.

diesel::table! { settings (key) { key -> Text, value -> Text, } }
diesel::table! {
    actors (id) {
        id -> BigInt, origin -> SmallInt, host -> Text, name -> Text, name_key -> Text,
        about -> Text, about_html -> Text, created_at -> BigInt,
    }
}
diesel::table! {
    accounts (id) {
        id -> BigInt, actor_id -> BigInt, password -> Nullable<Text>, role -> SmallInt, email -> Nullable<Text>,
        created_at -> BigInt,
    }
}
diesel::table! {
    credentials (id) {
        id -> BigInt, account_id -> BigInt, kind -> SmallInt, secret_hash -> Binary, scope -> SmallInt, label -> Text,
        created_at -> BigInt, expires_at -> BigInt,
    }
}
diesel::table! {
    boards (id) {
        id -> BigInt, name -> Text, name_key -> Text, title -> Text, about -> Text, about_html -> Text,
        created_at -> BigInt,
    }
}
diesel::table! {
    threads (id) {
        id -> BigInt, board_id -> BigInt, title -> Text, url -> Nullable<Text>, published_at -> BigInt,
        listed -> Bool, locked -> Bool, pinned -> Bool, comments -> BigInt, active_at -> BigInt,
        score -> BigInt, hot -> BigInt, best -> BigInt, version -> BigInt,
    }
}
diesel::table! {
    comments (id) {
        id -> BigInt, thread_id -> BigInt, parent_id -> Nullable<BigInt>, author_id -> BigInt, depth -> BigInt,
        state -> SmallInt, published_at -> BigInt, edited_at -> Nullable<BigInt>, ups -> BigInt, downs -> BigInt,
        best -> BigInt,
    }
}
diesel::table! { texts (comment_id) { comment_id -> BigInt, source -> Text, html -> Text, } }
diesel::table! {
    revisions (id) { id -> BigInt, comment_id -> BigInt, source -> Text, html -> Text, replaced_at -> BigInt, }
}
diesel::table! {
    votes (comment_id, actor_id) { comment_id -> BigInt, actor_id -> BigInt, value -> SmallInt, created_at -> BigInt, }
}
diesel::table! {
    reports (id) {
        id -> BigInt, comment_id -> BigInt, reporter_id -> BigInt, category -> SmallInt, text -> Text,
        state -> SmallInt, created_at -> BigInt,
    }
}
diesel::table! {
    moderation_log (id) {
        id -> BigInt, moderator_id -> BigInt, deed -> SmallInt, comment_id -> Nullable<BigInt>, reason -> Text,
        created_at -> BigInt,
    }
}
diesel::table! {
    events (thread_id, version) {
        thread_id -> BigInt, version -> BigInt, kind -> SmallInt, comment_id -> BigInt, created_at -> BigInt,
    }
}
diesel::table! { visits (account_id, thread_id) { account_id -> BigInt, thread_id -> BigInt, seen_at -> BigInt, } }
diesel::table! {
    notifications (id) {
        id -> BigInt, account_id -> BigInt, comment_id -> BigInt, read_at -> Nullable<BigInt>, created_at -> BigInt,
    }
}
diesel::table! { imports (source, item) { source -> Text, item -> Text, comment_id -> BigInt, } }
diesel::table! {
    idempotency (account_id, key) {
        account_id -> BigInt, key -> Text, fingerprint -> Binary, comment_id -> BigInt, created_at -> BigInt,
    }
}
diesel::table! {
    jobs (id) {
        id -> BigInt, kind -> Text, payload -> Text, next_at -> BigInt, leased_until -> BigInt, attempts -> BigInt,
        last_error -> Text,
    }
}

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

diesel::allow_tables_to_appear_in_same_query!(
    settings,
    actors,
    accounts,
    credentials,
    boards,
    threads,
    comments,
    texts,
    revisions,
    votes,
    reports,
    moderation_log,
    events,
    visits,
    notifications,
    imports,
    idempotency,
    jobs,
);
