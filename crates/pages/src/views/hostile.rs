//! Whatever people wrote, in whichever place of whichever page, stays text: every string of every
//! page is filled with markup and with the marks of a forged slot, and none of it comes through.

use askama::Template;

use super::*;
use crate::personal::{AccountCorner, AnswerForm, Cast, VoteButtons};

const HOSTILE: &str = "\"'><script>alert(1)</script>\u{1}V7\u{2}forged\u{3}\0";

fn bad() -> String {
    HOSTILE.to_owned()
}

fn some() -> Option<String> {
    Some(bad())
}

fn board() -> BoardLink {
    BoardLink { name: bad(), title: bad() }
}

fn author(origin: Origin<'static>) -> Option<Author<'static>> {
    Some(Author { name: HOSTILE.into(), origin, role: Role::Administrator, started_thread: true })
}

fn remote() -> Option<Author<'static>> {
    author(Origin::Remote(HOSTILE.into()))
}

fn frame() -> Frame {
    Frame {
        instance: bad(),
        lang: bad(),
        direction: Direction::LeftToRight,
        boards: vec![board()],
        path: bad(),
        canonical: some(),
        feeds: vec![FeedLink { href: bad(), kind: "application/atom+xml", title: bad() }],
        robots: Robots::Ignore,
        desk: vec![DeskLink { href: "/admin", title: "Overview", count: bad(), current: true }],
        notice: Some(Notice::Warning(bad())),
        source_url: bad(),
        version: bad(),
        now_ms: 0,
    }
}

fn problems() -> Problems {
    let fields = ["", "name", "title", "text", "q", "category", "current"];
    let problem = |field| Problem { field, text: bad() };
    Problems(fields.map(problem).into())
}

fn tree() -> Tree<'static> {
    let comment = |id, author, state| Comment {
        id,
        parent: 7,
        depth: 0,
        author,
        published_ms: i64::MIN,
        edited_ms: Some(0),
        score: i64::MIN,
        state,
        html: "".into(),
        more_below: u32::MAX,
    };
    let imported = author(Origin::Imported(HOSTILE.into()));
    let comments = vec![comment(8, remote(), CommentState::Shown), comment(9, imported, CommentState::Held)];
    let frame = TreeFrame { now_ms: i64::MAX, replies: Replies::Open, elsewhere: Vec::new(), top: None, focus: None };
    Tree::nested(comments, frame)
}

/// Renders, and holds the page to what the module promises.
fn check(page: &impl Template) {
    let marked = page.render().unwrap();
    assert!(!marked.contains("<script>"), "{marked}");
    assert!(!marked.contains("\"'>"), "{marked}");
    assert!(!marked.contains('\0') && !marked.contains("V7\u{2}forged"), "{marked}");
    let slotted = Slotted::parse(marked);
    assert!(slotted.slots.iter().all(|slot| slot.id != 7 || slot.range.is_empty()));
    assert!(!slotted.html.contains(['\u{1}', '\u{2}', '\u{3}']));
}

#[test]
fn lists_and_threads() {
    check(&ListPage {
        frame: frame(),
        board: Some(BoardHead {
            link: board(),
            description_html: String::new(),
            rules_html: String::new(),
            home: Some(BoardHome { host: bad(), url: bad(), follow: BoardFollow::Asked }),
        }),
        sort: ListSort::Hot,
        threads: vec![ThreadRow {
            id: 1,
            path: bad(),
            title: bad(),
            url: some(),
            host: some(),
            board: board(),
            author: remote(),
            published_ms: 0,
            score: 0,
            comments: 0,
            pinned: true,
            locked: true,
        }],
        next: some(),
    });
    check(&ThreadPage {
        frame: frame(),
        thread: ThreadHead {
            id: 1,
            path: bad(),
            title: bad(),
            url: some(),
            host: some(),
            board: board(),
            author: remote(),
            imported_from: some(),
            published_ms: 0,
            edited_ms: Some(0),
            score: 0,
            state: CommentState::Shown,
            html: "".into(),
            version: 1,
            comments: 0,
            pinned: true,
            locked: false,
            slow: None,
            split_from: Some(Joint { path: "/t/9".into(), title: HOSTILE.into() }),
            split_off: vec![Joint { path: "/t/10".into(), title: HOSTILE.into() }],
            replies: Replies::Open,
        },
        sort: CommentSort::Best,
        tree: tree(),
        next: some(),
        all: some(),
    });
    check(&ContextPage {
        frame: frame(),
        thread_title: bad(),
        thread_path: bad(),
        place_path: bad(),
        author: remote(),
        above: tree(),
        below: tree(),
        next: some(),
    });
    check(&HistoryPage { frame: frame(), id: 1, thread_title: bad(), author: remote(), revisions: Vec::new() });
}

#[test]
fn pages_for_writing() {
    check(&ReplyPage {
        frame: frame(),
        id: 1,
        thread_title: bad(),
        thread_path: bad(),
        parent: tree(),
        text: bad(),
        preview: None,
        problems: problems(),
    });
    check(&EditPage {
        frame: frame(),
        id: 1,
        thread_title: bad(),
        thread_path: bad(),
        of: bad(),
        text: bad(),
        preview: None,
        problems: problems(),
    });
    check(&DeletePage { frame: frame(), id: 1, comment: tree() });
    check(&HeldPage {
        frame: frame(),
        id: 1,
        thread_title: bad(),
        thread_path: bad(),
        comment: tree(),
        waits: bad(),
        says: &bad(),
        reason: bad(),
        own: true,
        is_rejected: true,
        may_decide: true,
    });
    let decided = || DecidedView { what: HOSTILE, board: some(), until_ms: Some(1), at_ms: 0, because: bad() };
    for stands in [
        Appealing::Possible,
        Appealing::Waits { text: bad() },
        Appealing::Decided { text: bad(), how: HOSTILE, because: bad() },
        Appealing::Over,
        Appealing::TooLate,
    ] {
        check(&AppealPage {
            frame: frame(),
            action: bad(),
            decided: decided(),
            alone: false,
            down: vec![DownView { id: 1, thread_title: bad(), html: String::new() }],
            count: 2,
            statement: Stating {
                scope: HOSTILE,
                facts: bad(),
                ground: HOSTILE,
                provision: bad(),
                origin: HOSTILE,
                means: HOSTILE,
                redress: HOSTILE,
            },
            stands,
            text: bad(),
            problems: problems(),
        });
    }
    let decisions = vec![DecisionView { href: bad(), decided: decided(), stands: HOSTILE }];
    check(&DecisionsPage { frame: frame(), suspended: true, decisions });
    check(&ReportPage {
        frame: frame(),
        id: 1,
        address: bad(),
        comment: tree(),
        categories: vec![choice()],
        category: bad(),
        text: bad(),
        problems: problems(),
    });
    check(&SubmitPage {
        frame: frame(),
        board: board(),
        rules_html: String::new(),
        title: bad(),
        url: bad(),
        text: bad(),
        preview: None,
        problems: problems(),
    });
}

#[test]
fn notices_and_their_receipts() {
    check(&NoticePage {
        frame: frame(),
        addresses: bad(),
        categories: vec![choice()],
        category: bad(),
        explanation: bad(),
        name: bad(),
        email: bad(),
        good_faith: bad(),
        challenge: some(),
        problems: problems(),
    });
    let about = NoticedView {
        remedy: Some((bad(), HOSTILE)),
        address: bad(),
        comment: Some(1),
        author: bad(),
        html: String::new(),
        ticked: true,
    };
    let item = NoticeView {
        id: 1,
        at_ms: 0,
        category: HOSTILE,
        explanation: bad(),
        by: bad(),
        alone: false,
        by_rules: true,
        of: 1,
        about: vec![about.clone(), NoticedView { comment: None, ..about }],
        reason: bad(),
        facts: bad(),
        provision: bad(),
    };
    check(&NoticesPage { frame: frame(), items: vec![item], next: some() });
    for outcome in [Outcome::Waits, Outcome::Removed, Outcome::PartlyRemoved, Outcome::Kept] {
        check(&ReceiptPage {
            frame: frame(),
            number: 1,
            url: bad(),
            sent_ms: 0,
            category: HOSTILE,
            addresses: vec![bad()],
            put_back: vec![bad()],
            outcome,
            decided_ms: 0,
            because: bad(),
            automated: true,
            redress: HOSTILE,
        });
    }
}

fn choice() -> Choice {
    Choice { value: bad(), label: bad() }
}

#[test]
fn ways_in() {
    check(&LoginPage {
        frame: frame(),
        next: bad(),
        carried: vec![Carried { name: bad(), value: bad() }],
        name: bad(),
        factor: Factor::Asked,
        problems: problems(),
    });
    check(&JoinPage {
        frame: frame(),
        registration: Registration::Approval,
        question: bad(),
        rules_html: String::new(),
        name: bad(),
        answer: bad(),
        invitation: String::new(),
        challenge: some(),
        next: bad(),
        problems: problems(),
    });
    check(&WaitingPage { frame: frame(), name: bad() });
    check(&SetupPage {
        frame: frame(),
        token: bad(),
        name: bad(),
        instance: bad(),
        board: bad(),
        title: bad(),
        problems: problems(),
    });
}

#[test]
fn places() {
    check(&BoardsPage {
        frame: frame(),
        boards: vec![BoardEntry { link: board(), description: bad(), threads: 0, host: some() }],
        making: BoardMaking::Allowed,
        following: Some(BoardFollowing { name: bad(), problems: problems() }),
    });
    check(&NewBoardPage {
        frame: frame(),
        name: bad(),
        title: bad(),
        description: bad(),
        rules: bad(),
        problems: problems(),
    });
    check(&NumbersPage { frame: frame(), months: vec![MonthView { name: bad(), numbers: vec![("Comments", 1)] }] });
    check(&LogPage {
        frame: frame(),
        entries: vec![LogEntry {
            id: 1,
            at_ms: 0,
            moderator: bad(),
            action: bad(),
            target: Some((bad(), bad())),
            reason: bad(),
        }],
        next: some(),
    });
    check(&AboutPage {
        frame: frame(),
        description_html: String::new(),
        may_describe: false,
        registration: Registration::Open,
        administrators: vec![bad()],
        people: 0,
        threads: 0,
        comments: 0,
    });
    check(&ErrorPage {
        frame: frame(),
        status: 500,
        title: bad(),
        detail: bad(),
        remedy: bad(),
        kept: vec![Kept { label: bad(), text: bad() }],
        request_id: bad(),
    });
    check(&api());
}

fn api() -> ApiPage {
    ApiPage {
        frame: frame(),
        document: bad(),
        groups: vec![OperationGroup {
            title: bad(),
            operations: vec![OperationView {
                id: bad(),
                method: bad(),
                path: bad(),
                summary: bad(),
                description: bad(),
                parameters: vec![ParameterView {
                    name: bad(),
                    place: bad(),
                    kind: bad(),
                    required: false,
                    description: bad(),
                }],
                responses: vec![ResponseView { status: bad(), description: bad() }],
            }],
        }],
    }
}

#[test]
fn people_and_searches() {
    check(&PersonPage {
        moderated: None,
        frame: frame(),
        person: Author {
            name: HOSTILE.into(),
            origin: Origin::Imported(HOSTILE.into()),
            role: Role::Moderator,
            started_thread: false,
        },
        about_html: String::new(),
        since_ms: 0,
        comments: 0,
        placed: vec![PlacedComment {
            id: 1,
            thread_title: bad(),
            thread_path: bad(),
            published_ms: 0,
            score: 0,
            html: String::new(),
        }],
        next: some(),
    });
    check(&SearchPage {
        frame: frame(),
        query: bad(),
        author: bad(),
        board: bad(),
        boards: vec![board()],
        since: bad(),
        until: bad(),
        problems: problems(),
        results: Some(vec![SearchResult {
            id: 1,
            thread_title: bad(),
            thread_path: bad(),
            author: remote(),
            published_ms: 0,
            score: 0,
            covered: true,
            excerpt: vec![Excerpt::Plain(bad()), Excerpt::Match(bad())],
        }]),
        next: some(),
    });
}

#[test]
fn what_belongs_to_one_account() {
    check(&SettingsPage {
        frame: frame(),
        name: bad(),
        about: bad(),
        sessions: vec![SessionView { id: 1, program: bad(), began_ms: 0, current: true }],
        tokens: vec![TokenView { id: 1, name: bad(), scopes: bad(), made_ms: 0, ends_ms: None }],
        scopes: vec![choice()],
        fresh_token: some(),
        factor: FactorView::Begun { secret: bad(), uri: bad() },
        factor_problems: problems(),
        about_problems: problems(),
        password_problems: problems(),
        token_problems: problems(),
    });
    check(&NotificationsPage {
        frame: frame(),
        waiting: vec![WaitingView { comment: 1, waits: bad(), thread_title: bad() }],
        warnings: vec![WarningView {
            decided: DecidedView { what: HOSTILE, board: some(), until_ms: Some(1), at_ms: 0, because: bad() },
            href: bad(),
            read: false,
        }],
        notifications: vec![NotificationView {
            comment: 1,
            author: remote(),
            what: bad(),
            reason: bad(),
            appeal: some(),
            thread_title: bad(),
            covered: true,
            excerpt: bad(),
            at_ms: 0,
            read: false,
        }],
        next: some(),
    });
    check(&AccountCorner { name: bad(), unread: 1, suspended: true, moderates: true, applications: Some(1) });
    check(&VoteButtons { id: 1, cast: Cast::Down });
    check(&AnswerForm { thread: 1 });
}

#[test]
fn pages_of_those_who_run_the_place() {
    let form = || LineForm {
        action: bad(),
        carried: vec![("application", bad())],
        reasoned: true,
        deeds: vec![LineDeed { word: "approve", label: "Let in", first: true }],
    };
    let facts = || vec![Fact::Words(bad()), Fact::Mark(bad()), Fact::When("came", 0), Fact::Link(bad(), bad())];
    check(&DeskPage {
        links: vec![(bad(), bad())],
        tabs: vec![DeskTab { href: bad(), title: "Waiting", current: true }],
        find: Some(Find { action: "/admin/accounts", name: "name", label: "Find", value: bad() }),
        once: Some((bad(), bad())),
        facts: vec![(bad(), bad())],
        deeds: Some(form()),
        lines: vec![Line {
            href: some(),
            facts: facts(),
            about: bad(),
            words: bad(),
            form: Some(form()),
            ..Line::new(bad(), bad())
        }],
        next: some(),
        ..DeskPage::new(frame(), bad(), bad())
    });
    check(&OverviewPage {
        frame: frame(),
        tiles: vec![("Waiting", vec![Tile { number: bad(), label: "held", href: "/admin/queue", warns: true }])],
        servers: Some(ServersView {
            all_heard: false,
            known: 1,
            warnings: vec![(bad(), "/admin/peers")],
            lagging: vec![LagView { host: bad(), lag_ms: i64::MIN, lag: bad() }],
        }),
        ages: vec![AgeView { age: "less than a day", held: u64::MAX, reported: 0 }],
        days: vec![DayView { begins_ms: i64::MIN, comments: u64::MAX, reports: Some(0) }],
    });
}
