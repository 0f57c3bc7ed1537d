//! What is done in an activity.

/// Longest type that is kept, in characters, for the log.
const LONGEST: usize = 64;

macro_rules! kinds {
    ($($kind:ident),+ $(,)?) => {
        /// The type of an activity.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = concat!("`", stringify!($kind), "`.")] $kind,)+
            /// A type that means nothing to us, cut to 64 characters.
            Other(String),
        }

        impl Kind {
            /// The kind of that name. Names have one spelling.
            #[must_use]
            pub fn named(name: &str) -> Self {
                match name {
                    $(stringify!($kind) => Self::$kind,)+
                    _ => Self::Other(name.chars().take(LONGEST).collect()),
                }
            }

            /// Its name.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind => stringify!($kind),)+
                    Self::Other(name) => name,
                }
            }
        }
    };
}

impl Kind {
    /// Whether doing it again after it was taken back may come under the id of the first time, if its server runs nothing that
    /// [names once](crate::nodeinfo::names_once).
    #[must_use]
    pub const fn repeats(&self) -> bool {
        matches!(self, Self::Follow | Self::Undo | Self::Like | Self::Dislike | Self::EmojiReact)
    }
}

// `EmojiReact` is Pleroma's, `Lock` is Lemmy's, `LikeRequest` and `ReplyRequest` are GoToSocial's; all others are in the ActivityStreams
// vocabulary.
kinds! {
    Accept, Add, Announce, Block, Create, Delete, Dislike, EmojiReact, Flag, Follow, Like, LikeRequest, Lock, Move, Reject, Remove,
    ReplyRequest, Undo, Update,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_back_and_has_one_spelling() {
        assert_eq!(Kind::named("Undo"), Kind::Undo);
        assert_eq!(Kind::Undo.name(), "Undo");
        assert_eq!(Kind::named("undo"), Kind::Other("undo".to_owned()));
        assert_eq!(Kind::named(&"x".repeat(1_000)).name().len(), 64);
    }
}
