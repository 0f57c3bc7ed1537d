//! Lists of servers, as others write them.

use actions::hosting::blocklist::read;
use domain::Level;
use domain::policy::Network;

type Read = (Vec<(String, Level)>, Vec<(usize, String)>);

fn hosts(text: &str) -> Read {
    let (listed, unread) = read(text, "talk.example", Network::Public);
    (
        listed.into_iter().map(|listed| (listed.host, listed.entry.level)).collect(),
        unread.into_iter().map(|line| (line.line, line.text)).collect(),
    )
}

#[test]
fn mastodons_lists_are_read() {
    let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
        bad.example,suspend,TRUE,TRUE,\"spam, and \"\"worse\"\"\nof it\",FALSE\r\n\
        loud.example,silence,false,false,,false\n\
        b*d.example,suspend,false,false,,true\n*.com,suspend,,,,\ntalk.example,suspend,,,,\nodd.example,noop,,,,\n";
    let (listed, unread) = hosts(text);
    assert_eq!(listed, [("bad.example".into(), Level::Block), ("loud.example".into(), Level::Limit)]);
    let lines: Vec<usize> = unread.iter().map(|(line, _)| *line).collect();
    assert_eq!((lines, unread[0].1.as_str()), (vec![5, 6, 7, 8], "b*d.example"));
    let (listed, _) = read(text, "talk.example", Network::Public);
    assert_eq!(listed[0].reason, "spam, and \"worse\"\nof it");
}

/// As with Mastodon an entry is for those below, too, and we may be among them.
#[test]
fn nobodys_list_shuts_us_out() {
    let (listed, unread) = read("town.example,suspend\nmy.town.example\n", "talk.town.example", Network::Public);
    assert_eq!(listed.iter().map(|one| one.host.as_str()).collect::<Vec<_>>(), ["my.town.example"]);
    assert_eq!((unread[0].line, unread[0].reason.as_str()), (1, "is this server"));
}

/// What follows it would be taken for part of it, and be missing.
#[test]
fn a_quotation_that_does_not_end_is_no_entry() {
    let (listed, unread) =
        hosts("domain,severity,public_comment\na.example,suspend,\nb.example,suspend,\"spam\nc.example,suspend,\n");
    assert_eq!((listed.len(), unread), (1, vec![(3, "b.example".to_owned())]));
}

#[test]
fn plain_lists_are_read() {
    let (listed, unread) = hosts("# a list\n\nbad.example\n  *.worse.example  \nhttps://x.example/y\nno host\n\"");
    assert_eq!(listed, [("bad.example".into(), Level::Block), ("worse.example".into(), Level::Block)]);
    assert_eq!(unread.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!(hosts(""), (Vec::new(), Vec::new()));
}
