//! Why a signature is refused, in words that help whoever runs the server that sent it.

use crate::origin::MAX_ID;

/// Why a request does not prove who sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no signature.
    #[error("the request is not signed")]
    Unsigned,
    /// Two headers, or two labels in one: which of them counts is anybody's guess.
    #[error("the request has more than one signature; send exactly one")]
    SeveralSignatures,
    /// A header that is needed or covered is not there.
    #[error("the signature needs a {0} header, and the request has none")]
    HeaderMissing(String),
    /// A header that is needed or covered is there twice.
    #[error("the request has more than one {0} header")]
    HeaderRepeated(String),
    /// A header holds something other than printable ASCII, or more than it may.
    #[error("the {0} header is too long, or holds bytes that are not printable ASCII")]
    HeaderUnreadable(String),
    /// The parameters of draft-cavage cannot be read.
    #[error(
        "the Signature header is not a list of name=\"value\" with commas between, as in draft-cavage-http-signatures-12"
    )]
    Parameters,
    /// A structured field of RFC 9421 cannot be read.
    #[error("the {0} header is not what RFC 9421 puts there, in the exact form of RFC 9651, with every key once")]
    Structured(&'static str),
    /// A parameter came twice.
    #[error("the signature gives the parameter {0} twice")]
    ParameterRepeated(String),
    /// A parameter is needed.
    #[error("the signature has no {0}")]
    ParameterMissing(&'static str),
    /// A time is no time.
    #[error("{0} of the signature is not a whole number of seconds")]
    NotSeconds(&'static str),
    /// The name of the key cannot be an id.
    #[error("the signature's key id is longer than {MAX_ID} bytes")]
    LongKeyId,
    /// The label contradicts the key, which is RSA.
    #[error(
        "the signature's algorithm is not RSA PKCS #1 v1.5: the label must be rsa-v1_5-sha256 in RFC 9421, \
         hs2019, rsa-sha256 or rsa-sha512 in draft-cavage, or be left out"
    )]
    Algorithm,
    /// Forbidden by draft-cavage-12, section 2.3.
    #[error("(created) and (expires) can be signed only with the algorithm label hs2019")]
    OldLabel,
    /// Something that must be signed is not.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// Something is listed twice.
    #[error("the signature covers {0} twice")]
    CoveredTwice(String),
    /// The signature covers what we do not know, or a part of it.
    #[error("the signature covers {0}, which is not understood here")]
    Component(String),
    /// The list of what is covered is longer than any server needs.
    #[error("the signature covers too many headers")]
    CoversTooMuch,
    /// Made for another server.
    #[error("the Host header is not {ours}: the request was made for another server, or a proxy has changed it")]
    OtherHost {
        /// How we are called.
        ours: String,
    },
    /// The `Date` header is none.
    #[error("the Date header is not a date of HTTP")]
    NotADate,
    /// Made later than now.
    #[error("the request is dated more than an hour ahead; set the clock of the server")]
    Future,
    /// Made too long ago.
    #[error(
        "the request is dated more than an hour ago; set the clock of the server, and sign again before each attempt"
    )]
    Old,
    /// Its own time is over.
    #[error("the signature has expired; sign again before each attempt")]
    Expired,
    /// The digest is not one that we compute.
    #[error("the {0} header is not one SHA-256 digest in base64 with its label")]
    Digest(&'static str),
    /// The body is another one.
    #[error("the {0} header does not match the body")]
    OtherBody(&'static str),
    /// The key did not sign this.
    #[error(
        "the signature does not match the request: it was made with another key than the one published, \
         or over another method, path or header than what arrived"
    )]
    Wrong,
}
