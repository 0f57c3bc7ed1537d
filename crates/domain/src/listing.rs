//! Lists of servers that somebody else keeps: what of one is put before those who decide, and what about it should make them look twice.
//! Nothing of a list counts before somebody has said so.

use crate::Level;
use crate::policy::{Entry, Merged, merged};

/// What is known of a host that is on a list, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// What the list says of it; `None`: nothing any more.
    pub says: Option<Entry>,
    /// What it said when somebody refused it, if anybody has.
    pub refused: Option<Option<Entry>>,
    /// Whether what counts for the host was decided because of this list, and by nobody otherwise since.
    pub applied: bool,
    /// Whether another list names the host.
    pub elsewhere: bool,
}

/// What is put before those who decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// To do as the list says.
    Follow {
        /// What counts now, if anything was decided.
        from: Option<Entry>,
        /// What would.
        to: Entry,
    },
    /// That nothing be decided any more: it was because of the list, which does not name the host any longer.
    Lift {
        /// What counts now.
        from: Entry,
    },
}

/// What is proposed about a host about which that much was decided. What somebody has refused is proposed again when the list says something
/// else; what would be milder never is, as long as the list names the host.
#[must_use]
pub fn proposal(named: &Named, known: Option<Entry>) -> Option<Proposal> {
    if named.refused == Some(named.says) {
        return None;
    }
    match (named.says, known) {
        (Some(listed), known) => match merged(known, listed) {
            Merged::New => Some(Proposal::Follow { from: None, to: listed }),
            Merged::Stricter(to) => Some(Proposal::Follow { from: known, to }),
            Merged::Kept => None,
        },
        (None, Some(from)) if named.applied && !named.elsewhere && from.level != Level::Allow => {
            Some(Proposal::Lift { from })
        }
        (None, _) => None,
    }
}

/// What about a list is suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It had lines, and has none.
    Emptied,
    /// More than half of it is otherwise than it was.
    Upset,
}

/// Whether to look twice at a list that had so many entries, has so many now, and of which so many came, went or changed.
#[must_use]
pub const fn alarm(before: usize, now: usize, changed: usize) -> Option<Alarm> {
    match (before, now) {
        // The first time all of it is new.
        (0, _) => None,
        (_, 0) => Some(Alarm::Emptied),
        _ if changed.saturating_mul(2) > before => Some(Alarm::Upset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Coverage;

    const NONE: Named = Named { says: None, refused: None, applied: false, elsewhere: false };

    const fn entry(level: Level) -> Entry {
        Entry { level, coverage: Coverage::Subdomains }
    }

    const MILD: Entry = entry(Level::Limit);
    const STRICT: Entry = entry(Level::Block);

    /// Everything that can be known of a host.
    fn all() -> Vec<(Named, Option<Entry>)> {
        let levels = Level::ALL.iter().copied();
        let host = |level| Entry { level, coverage: Coverage::Host };
        let entries: Vec<Option<Entry>> =
            std::iter::once(None).chain(levels.flat_map(|level| [Some(entry(level)), Some(host(level))])).collect();
        let mut all = Vec::new();
        for says in &entries {
            for known in &entries {
                for refused in std::iter::once(None).chain(entries.iter().copied().map(Some)) {
                    for (applied, elsewhere) in [(false, false), (false, true), (true, false), (true, true)] {
                        all.push((Named { says: *says, refused, applied, elsewhere }, *known));
                    }
                }
            }
        }
        all
    }

    #[test]
    fn what_is_new_or_stricter_is_proposed() {
        let named = Named { says: Some(STRICT), ..NONE };
        assert_eq!(proposal(&named, None), Some(Proposal::Follow { from: None, to: STRICT }));
        assert_eq!(proposal(&named, Some(MILD)), Some(Proposal::Follow { from: Some(MILD), to: STRICT }));
        assert_eq!(proposal(&named, Some(STRICT)), None);
        assert_eq!(proposal(&named, Some(entry(Level::Allow))), None);
        assert_eq!(proposal(&Named { says: Some(MILD), ..NONE }, Some(STRICT)), None);
    }

    #[test]
    fn what_was_refused_is_proposed_again_when_it_changes() {
        let refused = Named { says: Some(MILD), refused: Some(Some(MILD)), ..NONE };
        assert_eq!(proposal(&refused, None), None);
        let changed = Named { says: Some(STRICT), ..refused };
        assert_eq!(proposal(&changed, None), Some(Proposal::Follow { from: None, to: STRICT }));
        let kept = Named { refused: Some(None), applied: true, ..NONE };
        assert_eq!(proposal(&kept, Some(STRICT)), None);
    }

    #[test]
    fn what_a_list_brought_is_lifted_with_it_and_nothing_else() {
        let gone = Named { applied: true, ..NONE };
        assert_eq!(proposal(&gone, Some(STRICT)), Some(Proposal::Lift { from: STRICT }));
        for other in [NONE, Named { elsewhere: true, ..gone }] {
            assert_eq!(proposal(&other, Some(STRICT)), None);
        }
        assert_eq!(proposal(&gone, None), None);
    }

    /// Whatever is known: nobody becomes milder but by lifting, which needs that the list brought it; exceptions stay; and once done as
    /// proposed nothing more is.
    #[test]
    fn of_all_that_can_be_known() {
        for (named, known) in all() {
            let case = format!("{named:?} {known:?}");
            match proposal(&named, known) {
                Some(Proposal::Follow { from, to }) => {
                    assert_eq!((from, named.says.map(|says| says.level)), (known, Some(to.level)), "{case}");
                    assert!(known.is_none_or(|known| known.level != Level::Allow && known.level <= to.level), "{case}");
                    assert_eq!(proposal(&named, Some(to)), None, "{case}");
                }
                Some(Proposal::Lift { from }) => {
                    assert!(named.applied && named.says.is_none() && known == Some(from), "{case}");
                    assert_eq!(proposal(&named, None), None, "{case}");
                }
                None => {}
            }
            let refused = Named { refused: Some(named.says), ..named };
            assert_eq!(proposal(&refused, known), None, "{case}");
        }
    }

    #[test]
    fn a_list_that_is_another_all_at_once_is_looked_at_twice() {
        assert_eq!((alarm(0, 0, 0), alarm(0, 9, 9)), (None, None));
        assert_eq!(alarm(4, 0, 4), Some(Alarm::Emptied));
        assert_eq!((alarm(4, 4, 2), alarm(4, 4, 3)), (None, Some(Alarm::Upset)));
    }
}
