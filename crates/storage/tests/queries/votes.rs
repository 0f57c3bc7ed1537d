//! Votes, alone and all at once.

use domain::{ActorId, CommentId, Time, Votes, rank};
use storage::testing::{database, number, world};
use storage::votes::{self, Vote};
use storage::{Db, Error, Write, comments};

use crate::{read, scene, write};

fn set(tx: &mut Write, comment: CommentId, actor: ActorId, vote: Option<Vote>) -> storage::Result<Option<Votes>> {
    comments::spot_to_change(tx, comment)?;
    votes::set(tx, comment, actor, vote, Time(1))
}

#[tokio::test]
async fn a_vote_counts_once_turns_and_is_taken_back() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let root = scene.thread.root();
        let comment = world::reply(tx, root, scene.alice.actor, "Vote for me")?;
        let bob = scene.bob.actor;
        let steps = [
            (Some(Vote::Up), Some((1, 0))),
            (Some(Vote::Up), None),
            (Some(Vote::Down), Some((0, 1))),
            (Some(Vote::Down), None),
            (None, Some((0, 0))),
            (None, None),
            (Some(Vote::Down), Some((0, 1))),
        ];
        for (vote, expected) in steps {
            let counts = set(tx, comment, bob, vote)?;
            assert_eq!(counts, expected.map(|(ups, downs)| Votes { ups, downs }), "{vote:?}");
            assert_eq!(votes::one(tx, comment, bob)?.map(|(vote, _)| vote), vote);
            let leaves = comments::leaves(tx, scene.thread)?;
            let branch = leaves.iter().find(|leaf| leaf.branch.id == comment).unwrap().branch;
            assert_eq!(branch.best, rank::best(branch.votes));
        }
        let alices = set(tx, comment, scene.alice.actor, Some(Vote::Up))?;
        assert_eq!(alices, Some(Votes { ups: 1, downs: 1 }));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_reader_gets_their_own_votes_of_one_thread() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let other = world::thread(tx, scene.board, scene.alice.actor, "Other")?;
        let first = world::reply(tx, scene.thread.root(), scene.alice.actor, "1")?;
        let second = world::reply(tx, scene.thread.root(), scene.alice.actor, "2")?;
        set(tx, first, scene.bob.actor, Some(Vote::Up))?;
        set(tx, second, scene.bob.actor, Some(Vote::Down))?;
        set(tx, first, scene.alice.actor, Some(Vote::Down))?;
        set(tx, other.root(), scene.bob.actor, Some(Vote::Up))?;
        let mut own = votes::of_actor(tx, scene.bob.actor, scene.thread)?;
        own.sort_by_key(|(comment, _)| *comment);
        assert_eq!(own, [(first, Vote::Up), (second, Vote::Down)]);
        assert_eq!(votes::of_actor(tx, scene.bob.actor, other)?, [(other.root(), Vote::Up)]);
        Ok(())
    })
    .await;
}

/// 32 people vote on one comment at once, each several times over: what stays is what each said last.
#[tokio::test(flavor = "multi_thread")]
async fn votes_of_many_at_once_are_all_counted() {
    let db = database().await;
    let scene = scene(&db).await;
    let comment = scene.thread.root();
    let voters: Vec<ActorId> =
        write(&db, |tx| (0..32).map(|n| Ok(world::person(tx, &format!("voter{n}"))?.actor)).collect()).await;
    let tasks: Vec<_> = voters
        .into_iter()
        .enumerate()
        .map(|(n, voter)| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                let last = if n % 4 == 0 { Vote::Down } else { Vote::Up };
                for vote in [Some(Vote::Down), None, Some(Vote::Up), Some(last)] {
                    cast(&db, comment, voter, vote).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    read(&db, move |tx| {
        assert_eq!(comments::spot(tx, comment)?.unwrap().votes, Votes { ups: 24, downs: 8 });
        assert_eq!(number(tx, "SELECT count(*) FROM votes WHERE value = 1")?, 24);
        assert_eq!(number(tx, "SELECT count(*) FROM votes WHERE value = -1")?, 8);
        Ok(())
    })
    .await;
}

async fn cast(db: &Db, comment: CommentId, voter: ActorId, vote: Option<Vote>) {
    db.write::<_, Error>(move |tx| set(tx, comment, voter, vote)).await.unwrap();
}
