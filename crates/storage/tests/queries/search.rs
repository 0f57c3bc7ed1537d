//! Full-text search: both databases find the same.

use domain::text::fold;
use domain::{ActorId, BoardId, CommentId, State, Time};
use storage::search::{self, Query, SEEN};
use storage::testing::inside::{TERMS, author_word, board_word, phrase, terms};
use storage::testing::{database, world};
use storage::{Db, comments};

use crate::{read, scene, write};

fn words(words: &str) -> Query {
    Query { words: words.into(), ..Query::default() }
}

async fn find(db: &Db, query: Query) -> Vec<CommentId> {
    read(db, move |tx| search::find(tx, &query, None, 100)).await
}

#[tokio::test]
async fn words_are_found_without_case_accents_and_signs() {
    let db = database().await;
    let scene = scene(&db).await;
    let texts = [
        "Crème brûlée at the Café",
        "don't_use snake-case, ever: 1e5 or 0123",
        "日本語 のテキスト",
        "Η Ελλάς και το Σίσυφος",
        "ＦＵＬＬ ＷＩＤＴＨ and ﬁligree",
        "Привет, МИР",
        "𞤀𞤣𞤤𞤢𞤥 is a young script",
        "user@example.org https://example.org/path?query=1.5",
    ];
    let ids: Vec<CommentId> = write(&db, move |tx| {
        texts.iter().map(|text| world::reply(tx, scene.thread.root(), scene.bob.actor, text)).collect()
    })
    .await;
    let asked = [
        ("creme", 0),
        ("BRÛLÉE cafe", 0),
        ("brulee, (cafe)", 0),
        ("dont", usize::MAX),
        ("don't", 1),
        ("snake_case", 1),
        ("1E5", 1),
        ("0123", 1),
        ("123", usize::MAX),
        ("日本語", 2),
        ("日本*", 2),
        ("日本", usize::MAX),
        ("ελλασ", 3),
        ("ΣΊΣΥΦΟΣ", 3),
        ("full width filigree", 4),
        ("мир", 5),
        ("𞤢𞤣𞤤𞤢𞤥", 6),
        ("𞤀𞤣𞤤𞤢𞤥", 6),
        ("example", 7),
        ("example.org", 7),
        ("USER@EXAMPLE", 7),
        ("query 5", 7),
        ("creme missing", usize::MAX),
    ];
    for (question, answer) in asked {
        let expected: Vec<CommentId> = ids.get(answer).copied().into_iter().collect();
        assert_eq!(find(&db, words(question)).await, expected, "{question}");
    }
}

#[tokio::test]
async fn prefixes_are_found_and_pages_go_back_in_time() {
    let db = database().await;
    let scene = scene(&db).await;
    let ids: Vec<CommentId> = write(&db, move |tx| {
        (0..25)
            .map(|n| world::reply(tx, scene.thread.root(), scene.bob.actor, &format!("federation{n} common")))
            .collect()
    })
    .await;
    let newest_first: Vec<CommentId> = ids.iter().rev().copied().collect();
    for question in ["fed*", "federa* common", "common", "COMM* federation*"] {
        assert_eq!(find(&db, words(question)).await, newest_first, "{question}");
    }
    assert_eq!(find(&db, words("federation2")).await, [ids[2]]);
    assert_eq!(find(&db, words("federation2*")).await.len(), 6);
    assert_eq!(find(&db, words("fed")).await, []);
    let mut pages = Vec::new();
    loop {
        let before = pages.last().copied();
        let page = read(&db, move |tx| search::find(tx, &words("common"), before, 10)).await;
        if page.is_empty() {
            break;
        }
        pages.extend(page);
    }
    assert_eq!(pages, newest_first);
}

#[tokio::test]
async fn author_board_and_time_narrow_the_search() {
    let db = database().await;
    let scene = scene(&db).await;
    let (elsewhere, first, second) = write(&db, move |tx| {
        let other = world::board(tx, "other")?;
        let thread = world::thread(tx, other, scene.alice.actor, "Elsewhere")?;
        let elsewhere = world::reply(tx, thread.root(), scene.bob.actor, "needle")?;
        let first = world::reply(tx, scene.thread.root(), scene.bob.actor, "needle")?;
        let second = world::reply(tx, scene.thread.root(), scene.alice.actor, "needle")?;
        Ok((elsewhere, first, second))
    })
    .await;
    let published = read(&db, move |tx| Ok(comments::spot(tx, first)?.unwrap().published)).await;
    let by = |author: ActorId| Query { author: Some(author), ..words("needle") };
    let within = |board: BoardId| Query { board: Some(board), ..words("needle") };
    assert_eq!(find(&db, words("needle")).await, [second, first, elsewhere]);
    assert_eq!(find(&db, by(scene.bob.actor)).await, [first, elsewhere]);
    assert_eq!(find(&db, within(scene.board)).await, [second, first]);
    assert_eq!(find(&db, Query { author: Some(scene.bob.actor), ..within(scene.board) }).await, [first]);
    assert_eq!(find(&db, Query { since: Some(published), ..words("needle") }).await, [second, first]);
    assert_eq!(find(&db, Query { until: Some(published), ..words("needle") }).await, [elsewhere]);
    let day = Query { since: Some(published), until: Some(Time(published.0 + 1)), ..words("needle") };
    assert_eq!(find(&db, day).await, [first]);
    // Without words: everything of somebody, of a board.
    assert_eq!(find(&db, Query { author: Some(scene.bob.actor), ..Query::default() }).await, [first, elsewhere]);
    let all = find(&db, Query { board: Some(scene.board), ..Query::default() }).await;
    assert_eq!(all, [second, first, scene.thread.root()]);
    assert_eq!(find(&db, Query { author: Some(ActorId(1)), ..words("needle") }).await, []);
}

#[tokio::test]
async fn what_readers_may_not_see_is_not_found() {
    let db = database().await;
    let scene = scene(&db).await;
    let seen = write(&db, move |tx| {
        let mut seen = Vec::new();
        for &state in State::ALL {
            let id = world::reply(tx, scene.thread.root(), scene.bob.actor, "secret")?;
            comments::set_state(tx, id, state)?;
            match state {
                State::Published => seen.insert(0, id),
                State::Flagged => {
                    seen.insert(0, id);
                    search::index(tx, id, "")?;
                }
                State::Held | State::Deleted | State::Removed => {}
            }
        }
        Ok(seen)
    })
    .await;
    // The words of what is flagged are hidden; that it is there is not.
    assert_eq!(find(&db, words("secret")).await, seen[1..]);
    let mine = Query { author: Some(scene.bob.actor), ..Query::default() };
    assert_eq!(find(&db, mine.clone()).await, seen);
    let here = Query { board: Some(scene.board), ..mine };
    assert_eq!(find(&db, here).await, seen);
    let published = seen[1];
    write(&db, move |tx| search::forget(tx, published)).await;
    assert_eq!(find(&db, words("secret")).await, []);
}

#[tokio::test]
async fn an_edited_comment_is_found_by_its_new_words_only() {
    let db = database().await;
    let scene = scene(&db).await;
    let id = write(&db, move |tx| {
        let id = world::reply(tx, scene.thread.root(), scene.bob.actor, "before common")?;
        search::index(tx, id, "after common")?;
        Ok(id)
    })
    .await;
    assert_eq!(find(&db, words("before")).await, []);
    assert_eq!(find(&db, words("after common")).await, [id]);
    write(&db, move |tx| search::index(tx, id, "")).await;
    assert_eq!(find(&db, words("after")).await, []);
}

#[tokio::test]
async fn the_last_word_of_a_transaction_counts_and_none_of_one_that_is_refused() {
    let db = database().await;
    let scene = scene(&db).await;
    let [gone, back] = write(&db, move |tx| {
        let gone = world::reply(tx, scene.thread.root(), scene.bob.actor, "words")?;
        let back = world::reply(tx, scene.thread.root(), scene.bob.actor, "words")?;
        search::forget_all(tx, &[gone, back])?;
        search::index(tx, back, "words")?;
        Ok([gone, back])
    })
    .await;
    assert_eq!(find(&db, words("words")).await, [back]);
    // Both are done in one group where there are groups.
    let refused = db.write(move |tx| {
        search::index(tx, gone, "words")?;
        search::forget(tx, back)?;
        Err::<(), _>(storage::Error::Duplicate("it".into()))
    });
    let kept = db.write(move |tx| search::index(tx, back, "other words"));
    let (refused, kept) = tokio::join!(refused, kept);
    assert!(refused.is_err() && kept.is_ok());
    assert_eq!(find(&db, words("words")).await, [back]);
    assert_eq!(find(&db, words("other")).await, [back]);
}

#[tokio::test]
async fn hostile_questions_find_nothing_and_break_nothing() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| world::reply(tx, scene.thread.root(), scene.bob.actor, "plain text")).await;
    let long = "x".repeat(100_000);
    let many = "word ".repeat(20_000);
    let nested = "(".repeat(5_000);
    let hostile = [
        "\"",
        "'",
        "''",
        "\\",
        "*",
        "**",
        "\"*",
        "' OR 1=1 --",
        "a:b",
        "words:plain",
        "-plain",
        "^plain",
        "NEAR(plain text)",
        "plain AND",
        "AND OR NOT",
        "{words} : plain",
        "plain + text)",
        "!",
        "& | !",
        "<->",
        "plain:*:*",
        "%",
        "_",
        ";",
        "\0",
        "pl\0ain",
        "\u{202e}niatp",
        "\u{200b}",
        "$1",
        "?1",
        ":name",
        "@name",
        "{}",
        "[]",
        &long,
        &many,
        &nested,
    ];
    for question in hostile {
        let found = find(&db, words(question)).await;
        let harmless: Vec<_> = question.chars().take(20).collect();
        assert!(found.len() <= 1, "{harmless:?}");
    }
    for signs in ["\"", "'", "*", "!!!", "\0", "\u{200b}", "🙂"] {
        assert_eq!(find(&db, words(signs)).await, [], "{signs:?}");
    }
    // Operators are words like any other.
    assert_eq!(find(&db, words("plain AND text")).await, []);
    assert_eq!(find(&db, words("\"plain\" text*")).await.len(), 1);
}

#[test]
fn operators_of_the_index_are_only_words() {
    let asked = terms("a\" OR b* NEAR(x) 'c");
    assert_eq!(phrase(&asked, true), "\"a\" AND \"or\" AND \"b\"* AND \"near\" AND \"x\" AND \"c\"");
    assert_eq!(phrase(&terms("a & !b | c:*"), false), "'a' & 'b' & 'c':*");
    assert!(terms(" \" * ").is_empty());
    assert_eq!(terms(&"a-".repeat(10_000)).len(), TERMS);
}

#[test]
fn no_readers_word_is_an_author_or_a_board() {
    assert_eq!(fold(&author_word(7)), ["a7"]);
    assert_eq!(fold(&board_word(7)), ["b7"]);
}

#[test]
fn the_states_that_are_seen_are_those_in_the_statements() {
    assert_eq!(SEEN.map(State::code), [0, 1]);
}
