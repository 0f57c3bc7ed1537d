//! Pages of a thread.

use actions::reading::{self, Part};
use domain::window::{Budget, Shown};
use domain::{CommentId, CommentSort};

use crate::world::{World, refusal};

#[tokio::test]
async fn every_comment_of_a_large_thread_is_reached_page_by_page() {
    let world = World::new().await;
    let thread = world.thread("Large").await;
    let mut all = Vec::new();
    for top in 0..6 {
        let first = world.reply(&world.bo, thread.root(), &format!("top {top}")).await;
        all.push(first);
        for n in 0..4 {
            all.push(world.reply(&world.ana, first, &format!("below {n}")).await);
        }
    }
    let budget = Budget { comments: 7, per_subtree: 3 };
    let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = reading::page(&world.ctx, thread, Part::Whole { after }, CommentSort::Old, budget).await.unwrap();
        for shown in &page.shown {
            match shown {
                Shown::Comment(at) => seen.push(page.placed(*at).unwrap().id),
                Shown::More { under, .. } => {
                    let comment = page.placed(*under).unwrap().id;
                    let part = Part::Below { comment, after: None };
                    let below = reading::page(&world.ctx, thread, part, CommentSort::Old, Budget::ALL).await.unwrap();
                    assert_eq!(below.focus, Some(comment));
                    seen.extend(below.shown.iter().filter_map(|shown| match shown {
                        Shown::Comment(at) => below.placed(*at).map(|placed| placed.id),
                        Shown::More { .. } => None,
                    }));
                }
            }
        }
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen, pages), (all, 2));
}

#[tokio::test]
async fn a_comment_is_shown_with_what_it_answers() {
    let world = World::new().await;
    let thread = world.thread("Context").await;
    let one = world.reply(&world.bo, thread.root(), "one").await;
    let two = world.reply(&world.ana, one, "two").await;
    let three = world.reply(&world.bo, two, "three").await;
    let part = Part::Below { comment: two, after: None };
    let page = reading::page(&world.ctx, thread, part, CommentSort::Best, Budget::ALL).await.unwrap();
    assert_eq!((page.context.as_slice(), page.shown.len()), ([one].as_slice(), 1));
    assert!(page.line(three).unwrap().html.contains("three"));
    assert!(page.line(one).is_some() && page.line(two).is_some());
}

#[tokio::test]
async fn cursors_that_lead_nowhere_are_refused() {
    let world = World::new().await;
    let thread = world.thread("Cursors").await;
    let top = world.reply(&world.bo, thread.root(), "one").await;
    let below = world.reply(&world.ana, top, "two").await;
    for after in [CommentId(5), below] {
        let part = Part::Whole { after: Some(after) };
        let page = reading::page(&world.ctx, thread, part, CommentSort::Best, Budget::ALL).await;
        assert_eq!(refusal(page), "bad-cursor");
    }
}
