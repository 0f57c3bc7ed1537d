//! What readers can see is exported, and comes in on another instance as it stood.

use actions::export::{Written, export};
use actions::import::foreign::Given;
use actions::import::merge::{Plan, Report, Run, merge};
use actions::import::rejoinder::{self, Exported};
use actions::{passage, retract};
use domain::{CommentSort, State, ThreadId};

use crate::world::{World, refusal};

async fn exported(world: &World, board: Option<&str>) -> actions::Result<(Written, String)> {
    let mut lines = String::new();
    let written = export(&world.ctx, board, |entry| {
        lines += &format!("{}\n", serde_json::to_string(entry).unwrap());
        Ok::<_, actions::Error>(())
    });
    Ok((written.await?, lines))
}

fn parsed(lines: &str) -> Exported {
    rejoinder::parse(lines.as_bytes(), &Given::default()).unwrap()
}

async fn imported(world: &World, lines: &str) -> Vec<Report> {
    let mut reports = Vec::new();
    for (board, thread) in parsed(lines).threads {
        let plan = Plan { board, site: "here.example".into(), run: Run::Real };
        reports.push(merge(&world.ctx, thread, plan, |_, _| {}).await.unwrap());
    }
    reports
}

/// How deep each comment stands, what became of it, whose it is and what it says.
async fn told(world: &World, thread: ThreadId) -> Vec<(u32, State, String, String)> {
    let stretch = passage::stretch(&world.ctx, thread, CommentSort::Old, None, 50).await.unwrap();
    let comments = stretch.comments.into_iter().map(|one| one.line);
    comments
        .map(|line| {
            let author = if line.state == State::Deleted { String::new() } else { line.author.name };
            (line.depth, line.state, author, line.html)
        })
        .collect()
}

#[tokio::test]
async fn what_is_exported_comes_in_elsewhere_as_it_stood_and_only_once() {
    let here = World::new().await;
    let thread = here.thread("Which kettle?").await;
    let first = here.reply(&here.bo, thread.root(), "A *copper* one.").await;
    let second = here.reply(&here.ana, first, "Why?").await;
    let gone = here.reply(&here.bo, second, "Nonsense.").await;
    here.reply(&here.ana, gone, "Indeed.").await;
    let rude = here.reply(&here.bo, thread.root(), "Rude.").await;
    retract::delete(&here.ctx, &here.bo, gone).await.unwrap();
    retract::remove(&here.ctx, &here.mo, rude, "rude").await.unwrap();

    let (written, lines) = exported(&here, None).await.unwrap();
    assert_eq!(written, Written { threads: 1, comments: 5 });
    assert!(!lines.contains("Nonsense") && !lines.contains("Rude."), "{lines}");
    assert_eq!(exported(&here, Some("TALK")).await.unwrap().0, written);
    assert_eq!(refusal(exported(&here, Some("nowhere")).await), "not-found");

    let there = World::new().await;
    let reports = imported(&there, &lines).await;
    assert_eq!((reports.len(), reports[0].new, reports[0].title.as_str()), (1, 5, "Which kettle?"));
    assert_eq!(reports[0].unplaced, []);
    let copy = reports[0].thread.unwrap();
    assert_eq!(told(&there, copy).await, told(&here, thread).await);
    let again = imported(&there, &lines).await;
    assert_eq!((again[0].new, again[0].known, again[0].thread), (0, 5, Some(copy)));
}

#[tokio::test]
async fn a_file_that_is_no_export_or_is_cut_off_is_refused_with_the_place() {
    let here = World::new().await;
    here.thread("Which kettle?").await;
    let (_, lines) = exported(&here, None).await.unwrap();
    let said = |text: &str| rejoinder::parse(text.as_bytes(), &Given::default()).unwrap_err().to_string();
    let cut_off = lines.trim_end().trim_end_matches('}');
    assert!(said(cut_off).contains("at line 3"), "{}", said(cut_off));
    assert!(said("{\"type\":\"thread\"}").contains("rejoinder export FILE"));
    assert!(said(&lines.replacen("\"version\":1", "\"version\":2", 1)).contains("version 2 of the form"));
    let orphan = lines.replace("\"type\":\"thread\"", "\"type\":\"comment\",\"parent\":\"\"");
    assert!(said(&orphan).contains("a comment before any thread"));
}

#[tokio::test]
async fn people_of_other_servers_keep_theirs() {
    let here = World::new().await;
    here.thread("Which kettle?").await;
    let (_, lines) = exported(&here, None).await.unwrap();
    let lines = lines.replace("\"author\":\"ana\"", "\"author\":\"ana@two.example\"");
    let there = World::new().await;
    let copy = imported(&there, &lines).await[0].thread.unwrap();
    let author = actions::reading::head(&there.ctx, copy).await.unwrap().author;
    assert_eq!((author.name.as_str(), author.host.as_str()), ("ana", "two.example"));
}
