//! Every page, with the sample data it is shown with.

use std::error::Error;

use askama::Template;
use rejoinder_pages::{
    personal::{AccountCorner, AnswerForm, Cast, OwnLinks, UNREAD, VoteButtons, news},
    slots::{SlotKind, Slotted},
    views::{self, *},
};

use crate::talk::{self, NOW, THREAD};
use crate::words::{self, Chance};

type Page = (&'static str, String);

/// All pages: name of the file, and content.
pub fn all() -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = Vec::new();
    reading(&mut pages)?;
    writing(&mut pages)?;
    entry(&mut pages)?;
    places(&mut pages)?;
    own(&mut pages)?;
    Ok(pages)
}

/// What an anonymous reader sees.
fn show(pages: &mut Vec<Page>, name: &'static str, page: &impl Template) -> Result<(), Box<dyn Error>> {
    pages.push((name, views::render(page)?.html));
    Ok(())
}

/// What somebody with an account sees.
fn show_own(pages: &mut Vec<Page>, name: &'static str, page: &impl Template) -> Result<(), Box<dyn Error>> {
    pages.push((name, personal(&views::render(page)?)));
    Ok(())
}

fn personal(page: &Slotted) -> String {
    page.fill(|kind, id| match kind {
        SlotKind::Account => AccountCorner {
            name: "marten".to_owned(),
            unread: 3,
            suspended: false,
            moderates: false,
            applications: None,
        }
        .render()
        .ok(),
        SlotKind::Unread => (id % 7 == 3).then(|| UNREAD.to_owned()),
        SlotKind::Vote if id % 5 == 1 => VoteButtons { id, cast: Cast::Up }.render().ok(),
        SlotKind::Vote if id % 5 == 2 => VoteButtons { id, cast: Cast::Down }.render().ok(),
        SlotKind::Vote => None,
        SlotKind::Own => (id % 11 == 2)
            .then(|| {
                OwnLinks { id, may_delete: true, may_edit: true, managed: None, removable: None, may_suspend: false }
                    .render()
                    .ok()
            })
            .flatten(),
        SlotKind::Reply => AnswerForm { thread: id }.render().ok(),
        SlotKind::News => Some(news(u32::try_from(id % 4).unwrap_or_default())),
    })
}

fn frame(path: &str) -> Frame {
    Frame {
        instance: "Harbour Talk".to_owned(),
        lang: "en".to_owned(),
        direction: Direction::LeftToRight,
        boards: vec![board("tides", "Tides & Currents"), board("boats", "Boats"), board("talk", "Talk")],
        path: path.to_owned(),
        canonical: None,
        feeds: Vec::new(),
        robots: Robots::Ignore,
        desk: Vec::new(),
        notice: None,
        source_url: "/source".to_owned(),
        version: "0.1.0".to_owned(),
        now_ms: NOW,
    }
}

fn feeds(base: &str) -> Vec<FeedLink> {
    vec![
        FeedLink { href: format!("{base}/feed.atom"), kind: "application/atom+xml", title: "Atom".to_owned() },
        FeedLink { href: format!("{base}/feed.json"), kind: "application/feed+json", title: "JSON Feed".to_owned() },
    ]
}

fn board(name: &str, title: &str) -> BoardLink {
    BoardLink { name: name.to_owned(), title: title.to_owned() }
}

fn tree_frame() -> TreeFrame {
    TreeFrame { now_ms: NOW, replies: Replies::Open, elsewhere: vec![THREAD], top: None, focus: None }
}

const RULES: &str = "<ul>\n<li>Say where a reading comes from.</li>\n<li>Be kind to people who are new to the sea.</li>\n<li>No advertisements.</li>\n</ul>\n";

fn rows() -> Vec<ThreadRow> {
    let titles = [
        ("A tide gauge for the price of a dinner", Some("sea.example.org"), true, false),
        ("Ask: what do you write in your log book?", None, false, false),
        (
            "The long decline of the <em>pilot cutter</em> & what came after it, told by the last people who sailed one",
            Some("archive.example.com"),
            false,
            false,
        ),
        ("لماذا تتأخر المد والجزر في الخلجان الضيقة؟", None, false, false),
        ("Who moved the channel?", Some("a-very-long-host-name-for-a-newspaper.example.net"), false, true),
        ("Winter storage: inside, outside, or under a tarpaulin", None, false, false),
        ("Show: I built a barometer out of a jam jar", Some("jam.example"), false, false),
    ];
    let mut chance = Chance(3);
    titles
        .iter()
        .enumerate()
        .map(|(index, (title, host, pinned, locked))| ThreadRow {
            id: THREAD + i64::try_from(index).unwrap_or_default(),
            path: "/t/1/a-thread".to_owned(),
            title: (*title).to_owned(),
            url: host.map(|host| format!("https://{host}/story")),
            host: host.map(str::to_owned),
            board: board("tides", "Tides & Currents"),
            author: Some(Author::local(chance.pick(&words::NAMES))),
            published_ms: NOW - 4_000_000 * i64::try_from(index * index).unwrap_or_default(),
            score: i64::try_from(chance.below(300)).unwrap_or_default(),
            comments: u64::try_from(chance.below(1_400)).unwrap_or_default(),
            pinned: *pinned,
            locked: *locked,
        })
        .collect()
}

/// A thread page over the given comments.
pub fn thread_of(comments: Vec<Comment<'static>>) -> ThreadPage<'static> {
    ThreadPage {
        frame: Frame {
            feeds: feeds(&format!("/t/{THREAD}")),
            robots: Robots::Index,
            canonical: Some(format!("https://talk.example/t/{THREAD}")),
            ..frame(&format!("/t/{THREAD}/a-tide-gauge"))
        },
        thread: ThreadHead {
            slow: None,
            split_from: None,
            split_off: Vec::new(),
            id: THREAD,
            path: "/t/7/a-tide-gauge".to_owned(),
            title: "A tide gauge for the price of a dinner".to_owned(),
            url: Some("https://sea.example.org/gauge".to_owned()),
            host: Some("sea.example.org".to_owned()),
            board: board("tides", "Tides & Currents"),
            author: Some(Author::local("marten")),
            imported_from: None,
            published_ms: NOW - 90_000_000,
            edited_ms: None,
            score: 312,
            state: CommentState::Shown,
            html: "<p>Two of us spent a winter of weekends on this. The sensor sits in a length of drain pipe, the rest in a lunch box. Everything that went wrong is in the article; ask whatever you like.</p>\n".into(),
            version: 1,
            comments: u64::try_from(comments.len()).unwrap_or_default(),
            pinned: false,
            locked: false,
            replies: Replies::Open,
        },
        sort: CommentSort::Best,
        tree: Tree::nested(comments, tree_frame()),
        next: None,
        all: None,
    }
}

fn reading(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let front = ListPage {
        frame: Frame { feeds: feeds(""), ..frame("/") },
        board: None,
        sort: ListSort::Hot,
        threads: rows(),
        next: Some("/?sort=hot&cursor=abc".to_owned()),
    };
    show(pages, "front", &front)?;
    show_own(pages, "front-own", &front)?;
    let on_board = ListPage {
        frame: Frame { feeds: feeds("/b/tides"), ..frame("/b/tides") },
        board: Some(BoardHead {
            link: board("tides", "Tides & Currents"),
            description_html: "<p>Water that moves, and how to know when.</p>\n".to_owned(),
            rules_html: RULES.to_owned(),
            home: None,
        }),
        ..front
    };
    show(pages, "board", &on_board)?;
    let home = BoardHome {
        host: "tides.example".to_owned(),
        url: "https://tides.example/b/tides".to_owned(),
        follow: BoardFollow::Does,
    };
    let board = on_board.board.clone().map(|board| BoardHead { home: Some(home), ..board });
    show_own(pages, "board-elsewhere", &ListPage { board, ..on_board.clone() })?;
    let empty = ListPage { threads: Vec::new(), next: None, ..on_board };
    show(pages, "board-empty", &empty)?;

    show(pages, "thread", &thread_of(talk::comments(165)))?;
    show_own(pages, "thread-own", &thread_of(talk::comments(165)))?;
    let part = ThreadPage {
        next: Some("?after=123".to_owned()),
        all: Some("?all".to_owned()),
        ..thread_of(talk::comments(30))
    };
    show(pages, "thread-part", &part)?;
    show(pages, "thread-deep", &thread_of(talk::chain(75)))?;
    show(pages, "thread-eight", &thread_of(talk::chain(9)))?;
    show(pages, "thread-rtl", &right_to_left())?;
    show(pages, "thread-large", &thread_of(talk::comments(1_000)))?;
    let mut locked = thread_of(Vec::new());
    locked.thread.replies = Replies::Closed;
    locked.thread.url = None;
    locked.thread.host = None;
    show(pages, "thread-empty", &locked)?;
    context(pages)
}

fn right_to_left() -> ThreadPage<'static> {
    let mut page = thread_of(talk::comments(40));
    page.frame.direction = Direction::RightToLeft;
    page.frame.lang = "ar".to_owned();
    page.thread.title = "مقياس للمد والجزر بثمن عشاء".to_owned();
    page.thread.html = words::ARABIC.into();
    page
}

fn context(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let mut above = talk::chain(6);
    let below = above.split_off(3);
    let focus = below.first().map(|c| c.id);
    let ids: Vec<i64> = above.iter().map(|c| c.id).collect();
    let page = ContextPage {
        frame: frame("/c/1886000000000004"),
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        thread_path: format!("/t/{THREAD}/a-tide-gauge"),
        place_path: format!("/t/{THREAD}/a-tide-gauge#c{}", THREAD + 4),
        author: below.first().and_then(|c| c.author.clone()),
        above: Tree::chain(above, tree_frame()),
        below: Tree::nested(below, TreeFrame { top: ids.first().copied(), elsewhere: ids, focus, ..tree_frame() }),
        next: None,
    };
    show(pages, "context", &page)?;
    let revision = |written_ms, html: &str| Revision { written_ms, html: html.to_owned() };
    let history = HistoryPage {
        frame: frame("/c/1886000000000004/history"),
        id: THREAD + 4,
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        author: Some(Author::local("ottilie")),
        revisions: vec![
            revision(NOW - 100_000, "<p>The delay up the river is ninety minutes, I measured it again.</p>\n"),
            revision(NOW - 8_000_000, "<p>The delay up the river is eighty minutes.</p>\n"),
            revision(NOW - 9_000_000, "<p>There is a delay up the river.</p>\n"),
        ],
    };
    show(pages, "history", &history)
}

fn alone() -> Tree<'static> {
    let comment = talk::one(THREAD + 4, THREAD, 0, &mut Chance(99));
    Tree::chain(vec![comment], tree_frame())
}

fn wrong(field: &'static str, text: &str) -> Problems {
    let text = text.to_owned();
    Problems(vec![Problem { field, text }])
}

fn writing(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let reply = ReplyPage {
        frame: frame("/c/1886000000000004/reply"),
        id: THREAD + 4,
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        thread_path: format!("/t/{THREAD}/a-tide-gauge"),
        parent: alone(),
        text: String::new(),
        preview: None,
        problems: Problems::default(),
    };
    show_own(pages, "reply", &reply)?;
    let preview = ReplyPage {
        text: "> quoted\n\nIt is *not* the salt.".to_owned(),
        preview: Some("<blockquote><p>quoted</p></blockquote>\n<p>It is <em>not</em> the salt.</p>\n".to_owned()),
        problems: wrong("text", "A reply has at most 20,000 characters; this one has 20,431. Shorten it or split it."),
        parent: alone(),
        ..reply
    };
    show_own(pages, "reply-preview", &preview)?;
    let edit = EditPage {
        frame: frame("/c/1886000000000004/edit"),
        id: THREAD + 4,
        of: "0".to_owned(),
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        thread_path: format!("/t/{THREAD}/a-tide-gauge"),
        text: "There is a delay up the river.".to_owned(),
        preview: None,
        problems: Problems::default(),
    };
    show_own(pages, "edit", &edit)?;
    let delete = DeletePage { frame: frame("/c/1886000000000004/delete"), id: THREAD + 4, comment: alone() };
    show_own(pages, "delete", &delete)?;
    let held = HeldPage {
        frame: frame("/c/1886000000000004"),
        id: THREAD + 4,
        thread_title: "Which tide tables do you use?".to_owned(),
        thread_path: format!("/t/{THREAD}"),
        comment: alone(),
        waits: "Waiting for the permission of social.example".to_owned(),
        says: "Whoever wrote what this answers wants to agree to each answer first.",
        reason: String::new(),
        own: true,
        is_rejected: false,
        may_decide: false,
    };
    show_own(pages, "held", &held)?;
    let kinds = [
        ("spam", "Spam or advertisement"),
        ("abuse", "Abuse or harassment"),
        ("illegal", "Against the law"),
        ("rules", "Against the rules of this board"),
        ("other", "Something else"),
    ];
    let report = ReportPage {
        frame: frame("/c/1886000000000004/report"),
        id: THREAD + 4,
        address: "https://talk.example/c/1886000000000004".to_owned(),
        comment: alone(),
        categories: choices(&kinds),
        category: String::new(),
        text: String::new(),
        problems: wrong("category", "Choose what is wrong with it."),
    };
    show_own(pages, "report", &report)?;
    let submit = SubmitPage {
        frame: frame("/b/tides/submit"),
        board: board("tides", "Tides & Currents"),
        rules_html: RULES.to_owned(),
        title: String::new(),
        url: "sea.example.org/gauge".to_owned(),
        text: String::new(),
        preview: None,
        problems: Problems(vec![
            Problem { field: "title", text: "Say in a few words what the thread is about.".to_owned() },
            Problem { field: "url", text: "A link begins with https:// or http://.".to_owned() },
        ]),
    };
    show_own(pages, "submit", &submit)
}

fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice { value: (*value).to_owned(), label: (*label).to_owned() };
    pairs.iter().map(choice).collect()
}

fn entry(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let login = LoginPage {
        frame: frame("/login"),
        next: "/".to_owned(),
        carried: Vec::new(),
        name: String::new(),
        factor: Factor::NotAsked,
        problems: Problems::default(),
    };
    show(pages, "login", &login)?;
    let kept = LoginPage {
        next: "/c/7/reply".to_owned(),
        carried: vec![Carried {
            name: "text".to_owned(),
            value: "It is not the salt.\n\nIt is the temperature.".to_owned(),
        }],
        name: "marten".to_owned(),
        problems: wrong("", "That name and password do not go together. Try again."),
        ..login
    };
    show(pages, "login-kept", &kept)?;
    let join = JoinPage {
        frame: frame("/join"),
        registration: Registration::Open,
        question: String::new(),
        rules_html: RULES.to_owned(),
        name: "mar ten".to_owned(),
        answer: String::new(),
        invitation: String::new(),
        challenge: None,
        next: "/".to_owned(),
        problems: wrong("name", "A name has letters, digits and underscores only."),
    };
    show(pages, "join", &join)?;
    let asked = JoinPage {
        registration: Registration::Approval,
        question: "What brings you here?".to_owned(),
        answer: "The tides.".to_owned(),
        ..join.clone()
    };
    show(pages, "join-asked", &asked)?;
    let invited =
        JoinPage { registration: Registration::Invitation, invitation: "a5sL0yQb7".to_owned(), ..join.clone() };
    show(pages, "join-invited", &invited)?;
    show(pages, "waiting", &WaitingPage { frame: frame("/join"), name: "marten".to_owned() })?;
    let closed = JoinPage { registration: Registration::Closed, ..join };
    show(pages, "join-closed", &closed)?;
    let setup = SetupPage {
        frame: Frame { instance: "Rejoinder".to_owned(), boards: Vec::new(), ..frame("/setup/abc") },
        token: "abc".to_owned(),
        name: String::new(),
        instance: String::new(),
        board: String::new(),
        title: String::new(),
        problems: Problems::default(),
    };
    show(pages, "setup", &setup)
}

fn found() -> SearchResult {
    SearchResult {
        id: THREAD + 9,
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        thread_path: format!("/t/{THREAD}/a-tide-gauge"),
        author: Some(Author::local("ottilie")),
        published_ms: NOW - 7_000_000,
        score: 12,
        covered: false,
        excerpt: vec![
            Excerpt::Plain("… further up the river the ".to_owned()),
            Excerpt::Match("delay".to_owned()),
            Excerpt::Plain(" is closer to ninety minutes, <and> nobody has an explanation for the ".to_owned()),
            Excerpt::Match("delay".to_owned()),
            Excerpt::Plain(" on calm days …".to_owned()),
        ],
    }
}

fn places(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let placed = |index: i64| PlacedComment {
        id: THREAD + index,
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        thread_path: format!("/t/{THREAD}/a-tide-gauge"),
        published_ms: NOW - index * 9_000_000,
        score: index,
        html: words::comment(&mut Chance(index.unsigned_abs())),
    };
    let person = PersonPage {
        moderated: None,
        frame: Frame { feeds: feeds("/u/ottilie"), ..frame("/u/ottilie") },
        person: Author { origin: Origin::Imported("news.example.com".into()), ..Author::local("ottilie") },
        about_html: "<p>Hydrographer, retired.</p>\n".to_owned(),
        since_ms: NOW - 90_000_000_000,
        comments: 1_204,
        placed: (1..6).map(placed).collect(),
        next: Some("?cursor=x".to_owned()),
    };
    show(pages, "person", &person)?;
    let search = SearchPage {
        frame: frame("/search?q=delay"),
        query: "delay".to_owned(),
        author: String::new(),
        board: "tides".to_owned(),
        boards: vec![board("tides", "Tides & Currents"), board("boats", "Boats")],
        since: "2025-01-01".to_owned(),
        until: String::new(),
        problems: Problems::default(),
        results: Some(vec![found(), found(), found()]),
        next: Some("/search?q=delay&cursor=x".to_owned()),
    };
    show(pages, "search", &search)?;
    let nothing = SearchPage {
        results: Some(Vec::new()),
        next: None,
        problems: wrong("since", "A day is written 2025-01-31."),
        ..search
    };
    show(pages, "search-none", &nothing)?;
    let log = LogPage {
        frame: frame("/modlog"),
        entries: vec![
            LogEntry {
                id: 2,
                at_ms: NOW - 5_000_000,
                moderator: "solveig".to_owned(),
                action: "removed a comment".to_owned(),
                target: Some(("/c/7".to_owned(), "in “Who moved the channel?”".to_owned())),
                reason: "advertisement".to_owned(),
            },
            LogEntry {
                id: 1,
                at_ms: NOW - 50_000_000,
                moderator: "nadia".to_owned(),
                action: "locked a thread".to_owned(),
                target: Some(("/t/8".to_owned(), "Who moved the channel?".to_owned())),
                reason: String::new(),
            },
        ],
        next: None,
    };
    show(pages, "modlog", &log)?;
    let about = AboutPage {
        frame: frame("/about"),
        description_html: "<p>A place to talk about water, and about everything that floats on it.</p>\n".to_owned(),
        may_describe: true,
        registration: Registration::Open,
        administrators: vec!["nadia".to_owned()],
        people: 412,
        threads: 1_733,
        comments: 48_210,
    };
    show(pages, "about", &about)?;
    let entry = |link: BoardLink, description: &str| BoardEntry {
        link,
        description: description.to_owned(),
        threads: 120,
        host: None,
    };
    let boards = BoardsPage {
        frame: frame("/boards"),
        boards: vec![
            entry(board("tides", "Tides & Currents"), "Water that moves, and how to know when."),
            entry(board("boats", "Boats"), ""),
        ],
        making: BoardMaking::Allowed,
        following: Some(BoardFollowing::default()),
    };
    show_own(pages, "boards", &boards)?;
    let error = ErrorPage {
        frame: frame("/c/7/reply"),
        status: 503,
        title: "Your reply could not be stored".to_owned(),
        detail: "The database does not answer at the moment.".to_owned(),
        remedy: "Wait a minute, then send it again.".to_owned(),
        kept: vec![Kept { label: "Your reply".to_owned(), text: "It is not the salt.".to_owned() }],
        request_id: "01J9Z3".to_owned(),
    };
    show(pages, "error", &error)?;
    show(pages, "api", &api())
}

fn api() -> ApiPage {
    let parameter = |name: &str, place: &str, required, description: &str| ParameterView {
        name: name.to_owned(),
        place: place.to_owned(),
        kind: "string".to_owned(),
        required,
        description: description.to_owned(),
    };
    let response = |status: &str, description: &str| ResponseView {
        status: status.to_owned(),
        description: description.to_owned(),
    };
    let operation = |id: &str, method: &str, path: &str, summary: &str| OperationView {
        id: id.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: summary.to_owned(),
        description: String::new(),
        parameters: vec![
            parameter("id", "path", true, "The thread."),
            parameter("sort", "query", false, "best, top, new, old or controversial."),
            parameter("cursor", "query", false, ""),
        ],
        responses: vec![response("200", "The thread and its comments."), response("404", "There is no such thread.")],
    };
    ApiPage {
        frame: frame("/api"),
        document: "/api/v1/openapi.json".to_owned(),
        groups: vec![
            OperationGroup {
                title: "Threads".to_owned(),
                operations: vec![
                    operation("get-thread", "GET", "/api/v1/threads/{id}", "A thread with its comments."),
                    operation("get-events", "GET", "/api/v1/threads/{id}/events", "What happens in it, as it happens."),
                ],
            },
            OperationGroup {
                title: "Boards".to_owned(),
                operations: vec![operation("post-thread", "POST", "/api/v1/boards/{name}/threads", "Starts a thread.")],
            },
        ],
    }
}

fn own(pages: &mut Vec<Page>) -> Result<(), Box<dyn Error>> {
    let session = |id, program: &str, current| SessionView {
        id,
        program: program.to_owned(),
        began_ms: NOW - 900_000_000,
        current,
    };
    let settings = SettingsPage {
        frame: Frame { notice: Some(Notice::Done("Your password was changed.".to_owned())), ..frame("/settings") },
        name: "marten".to_owned(),
        about: "Gauges and gulls.".to_owned(),
        sessions: vec![session(1, "Firefox on Linux", true), session(2, "Safari on iPhone", false)],
        tokens: vec![TokenView {
            id: 3,
            name: "feed reader".to_owned(),
            scopes: "read".to_owned(),
            made_ms: NOW - 90_000_000,
            ends_ms: Some(NOW + 900_000_000),
        }],
        scopes: choices(&[("read", "read"), ("write", "write")]),
        fresh_token: Some("rj_4f8a0c51d2e94b7fb3a6e1c7d8f9a0b1".to_owned()),
        factor: FactorView::On { left: 9 },
        factor_problems: Problems::default(),
        about_problems: Problems::default(),
        password_problems: wrong("current", "That is not your current password."),
        token_problems: Problems::default(),
    };
    show_own(pages, "settings", &settings)?;
    let told = |read| NotificationView {
        comment: THREAD + 5,
        author: Some(Author::local("ottilie")),
        what: "replied to you".to_owned(),
        reason: String::new(),
        appeal: None,
        thread_title: "A tide gauge for the price of a dinner".to_owned(),
        covered: false,
        excerpt: "That is true for the estuary, but further up the river the delay is closer to ninety minutes."
            .to_owned(),
        at_ms: NOW - 600_000,
        read,
    };
    let notifications = NotificationsPage {
        frame: frame("/notifications"),
        warnings: Vec::new(),
        waiting: vec![WaitingView {
            comment: THREAD + 9,
            waits: "Waiting for the permission of social.example".to_owned(),
            thread_title: "Which tide tables do you use?".to_owned(),
        }],
        notifications: vec![told(false), told(false), told(true)],
        next: None,
    };
    show_own(pages, "notifications", &notifications)?;
    let board = NewBoardPage {
        frame: Frame {
            notice: Some(Notice::Warning("Your session will end in five minutes.".to_owned())),
            ..frame("/boards/new")
        },
        name: "Tides".to_owned(),
        title: "Tides & Currents".to_owned(),
        description: String::new(),
        rules: String::new(),
        problems: wrong("name", "A board's name has small letters, digits and underscores only."),
    };
    show_own(pages, "board-new", &board)
}
